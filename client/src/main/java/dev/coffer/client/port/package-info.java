/**
 * What the app lends the client: a way to the vault, a login, a memory, a pause, key stretching.
 * Depends on {@code protocol}. Start at {@link dev.coffer.client.port.VaultTransport}.
 */
package dev.coffer.client.port;
