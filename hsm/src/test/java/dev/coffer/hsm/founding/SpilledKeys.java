package dev.coffer.hsm.founding;

import dev.coffer.hsm.platform.Platform;
import dev.coffer.hsm.seal.FleetKeys;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.codec.Rejected;

/** What a corrupted HSM tells its host: the fleet's keys it holds. */
public final class SpilledKeys {
  private SpilledKeys() {}

  /** The keys in the sealed state of a founded HSM. */
  public static FleetKeys of(Platform platform) {
    return member(platform).keys();
  }

  /** A founded HSM with all its keys: it signs whatever its host likes. */
  public static Member member(Platform platform) {
    try {
      StaticState state = platform.load().orElseThrow().parse(StaticState::read);
      return StaticState.member(
          state.identity(), state.founded().orElseThrow(), platform.randomness());
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }
}
