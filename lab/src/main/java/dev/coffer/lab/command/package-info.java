/** The commands that a vault on this machine adds to {@code coffer}. */
@NullMarked
package dev.coffer.lab.command;

import org.jspecify.annotations.NullMarked;
