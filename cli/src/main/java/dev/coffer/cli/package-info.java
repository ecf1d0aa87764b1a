/**
 * The {@code coffer} command. Start at {@link dev.coffer.cli.Main}; each command is one class in
 * {@code dev.coffer.cli.command}.
 */
@NullMarked
package dev.coffer.cli;

import org.jspecify.annotations.NullMarked;
