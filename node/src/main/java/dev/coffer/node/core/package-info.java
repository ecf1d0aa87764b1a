/**
 * What a node does, apart from how bytes move: admits, orders through the {@link
 * dev.coffer.node.order.Orderer} port, applies, gathers statements into certificates, releases,
 * answers. Depends on protocol, the store's port, the orderer's port and the peers' port; the HSM
 * is a {@code HsmPort}. A node is trusted for availability only. Start at {@link
 * dev.coffer.node.core.NodeCore}.
 */
@NullMarked
package dev.coffer.node.core;

import org.jspecify.annotations.NullMarked;
