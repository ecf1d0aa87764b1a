/** The whole story in one command. Start at {@link dev.coffer.cli.demo.Demonstration}. */
@NullMarked
package dev.coffer.cli.demo;

import org.jspecify.annotations.NullMarked;
