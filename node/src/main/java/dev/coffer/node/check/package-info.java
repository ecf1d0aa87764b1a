/**
 * What a check of a stopped node has to say: findings, and claims about the chain that different
 * files make and that must agree. Depends on {@code dev.coffer.protocol} only. The checks
 * themselves stand with what they check; start at {@link dev.coffer.node.NodeCheck}.
 */
package dev.coffer.node.check;
