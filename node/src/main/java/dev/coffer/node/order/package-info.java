/**
 * The order of entries: a port, and its implementation with Apache Ratis. Decides order and
 * availability, never what counts: the HSMs refuse whatever does not extend their own chain (INV-2,
 * INV-7). Nothing outside this package mentions Ratis. Start at {@link
 * dev.coffer.node.order.Orderer}.
 */
@NullMarked
package dev.coffer.node.order;

import org.jspecify.annotations.NullMarked;
