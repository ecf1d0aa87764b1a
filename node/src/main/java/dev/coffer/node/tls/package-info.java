/**
 * Keys and certificates that nodes know each other and clients know them by. A certificate names
 * the index of its node and its fleet; the peers compare that name with the node they meant to
 * reach. Trusted for availability only: what HSMs say is signed and sealed by themselves. Start at
 * {@link dev.coffer.node.tls.NodeTls}.
 */
@NullMarked
package dev.coffer.node.tls;

import org.jspecify.annotations.NullMarked;
