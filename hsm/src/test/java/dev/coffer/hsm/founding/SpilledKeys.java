package dev.coffer.hsm.founding;

import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.seal.FleetKeys;
import dev.coffer.protocol.codec.Rejected;

/** What a corrupted HSM tells its host: the fleet's keys it holds. */
public final class SpilledKeys {
  private SpilledKeys() {}

  /** The keys in the sealed state of a founded HSM. */
  public static FleetKeys of(MemoryPlatform platform) {
    try {
      return StaticState.decode(platform.load().orElseThrow()).founded().orElseThrow().keys();
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }
}
