/**
 * The process that hosts one HSM: configuration, start and stop. What it does is in {@code core}.
 * Start at {@link dev.coffer.node.NodeProcess}.
 */
@NullMarked
package dev.coffer.node;

import org.jspecify.annotations.NullMarked;
