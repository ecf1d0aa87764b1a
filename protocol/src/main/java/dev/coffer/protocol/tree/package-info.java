/**
 * The record tree as hosts prove it and HSMs check it (2-protocol §3). Start at {@link
 * dev.coffer.protocol.tree.PartialTree}.
 */
package dev.coffer.protocol.tree;
