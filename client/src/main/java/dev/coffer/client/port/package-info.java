/**
 * What the app lends the client: a way to the vault, a login, a memory, a pause, key stretching;
 * and what most apps lend it. Depends on {@code protocol}, and {@code FileMemory} on {@code files}.
 * Start at {@link dev.coffer.client.port.VaultTransport}.
 */
package dev.coffer.client.port;
