/**
 * The way from a command to the vault: which fleet, over which transport, with which login. Start
 * at {@link dev.coffer.cli.vault.VaultAccess}.
 */
@NullMarked
package dev.coffer.cli.vault;

import org.jspecify.annotations.NullMarked;
