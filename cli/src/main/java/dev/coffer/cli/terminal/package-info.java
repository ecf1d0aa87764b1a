/**
 * What the user sees and types: lines, prompts, progress, JSON. Start at {@link
 * dev.coffer.cli.terminal.Terminal}. Uses nothing of the vault.
 */
@NullMarked
package dev.coffer.cli.terminal;

import org.jspecify.annotations.NullMarked;
