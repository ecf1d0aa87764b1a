/** The whole story in one command. Start at {@link dev.coffer.lab.demo.Demonstration}. */
@NullMarked
package dev.coffer.lab.demo;

import org.jspecify.annotations.NullMarked;
