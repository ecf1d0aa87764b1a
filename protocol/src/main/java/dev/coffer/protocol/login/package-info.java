/**
 * Logins as HSMs check them: issuer certificate, strict JWT, device signature (PROTOCOL.md §4.4).
 * Start at {@link dev.coffer.protocol.login.LoginAssertion}.
 */
package dev.coffer.protocol.login;
