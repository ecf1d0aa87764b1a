/**
 * The commands, one class each. They parse, ask, call and say; what they call lives in {@code
 * client}, {@code backup}, {@code dev.coffer.cli.home} and {@code dev.coffer.cli.device}. Start at
 * {@link dev.coffer.cli.command.CofferCommand}.
 */
@NullMarked
package dev.coffer.cli.command;

import org.jspecify.annotations.NullMarked;
