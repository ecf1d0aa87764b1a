/**
 * Registration, recovery and deletion of a backup key, with verdicts an app can show. Depends on
 * {@code protocol} and the other packages of this module. Start at {@link
 * dev.coffer.client.VaultClient}.
 */
package dev.coffer.client;
