/**
 * The secrets of one user and what is derived from them (PROTOCOL.md §7). Depends on {@code
 * protocol} and an Argon2 library. Start at {@link dev.coffer.client.secret.RecoveryCode}.
 */
package dev.coffer.client.secret;
