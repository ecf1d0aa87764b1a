package dev.coffer.node.door;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Whom an address counts for: an IPv4 address alone, an IPv6 one with its whole /64, which is what
 * one subscriber has at least.
 *
 * @param bits the address, or the first 64 bits of it
 */
record Origin(boolean six, long bits) {
  static Origin of(InetAddress address) {
    byte[] octets = address.getAddress();
    return octets.length == 4
        ? new Origin(false, ByteBuffer.wrap(octets).getInt())
        : new Origin(true, ByteBuffer.wrap(octets).getLong());
  }
}
