/**
 * The record tree as hosts prove it and HSMs check it (PROTOCOL.md §5.2). Start at {@link
 * dev.coffer.protocol.tree.PartialTree}.
 */
package dev.coffer.protocol.tree;
