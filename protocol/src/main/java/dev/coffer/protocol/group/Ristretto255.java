package dev.coffer.protocol.group;

/** ristretto255 (RFC 9496) with the OPRF suite ristretto255-SHA512 of RFC 9497 §4.1. Stateless and thread-safe. */
public final class Ristretto255 {
  private Ristretto255() {}
}
