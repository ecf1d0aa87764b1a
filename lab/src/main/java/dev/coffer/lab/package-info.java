/**
 * A whole vault on one machine, for developers: {@code coffer up}, the demonstration, the benchmark
 * and the torture. Nothing of it is in what operators and users install. Start at {@link
 * dev.coffer.lab.Main}.
 */
@NullMarked
package dev.coffer.lab;

import org.jspecify.annotations.NullMarked;
