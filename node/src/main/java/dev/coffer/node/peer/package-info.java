/**
 * Links between the nodes of a fleet: framed calls over TLS 1.3 with a certificate on both sides.
 * Moves octets and says who sent them; what they mean is {@code dev.coffer.node.core}'s business.
 * Depends on protocol and {@code dev.coffer.node.tls}. Start at {@link dev.coffer.node.peer.Peers}.
 */
@NullMarked
package dev.coffer.node.peer;

import org.jspecify.annotations.NullMarked;
