package dev.coffer.protocol.fleet;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;

/**
 * Names a fleet: the hash of all its identity keys, attestations and settings (PROTOCOL.md §2). 32
 * octets, public.
 */
public record FleetId(Bytes value) {
  public FleetId {
    Invariant.check(value.size() == Limits.DIGEST, "FleetId has 32 octets");
  }
}
