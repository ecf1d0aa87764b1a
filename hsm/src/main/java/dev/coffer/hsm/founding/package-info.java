/**
 * How a fleet comes to be (PROTOCOL.md §10): identities made inside, shared secrets from everyone's
 * contributions, committed before any is shown. There is no way to export a key, and none may be
 * added. Depends on {@code seal} and the platform port. Start at {@link
 * dev.coffer.hsm.founding.FoundingRound}.
 */
package dev.coffer.hsm.founding;
