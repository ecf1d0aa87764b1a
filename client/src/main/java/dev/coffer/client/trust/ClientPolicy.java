package dev.coffer.client.trust;

import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.transparency.verify.ClientFloor;

/**
 * What this app accepts of a fleet and of a registration, compiled in: no delivery can lower it. A
 * client has one, which its {@link FleetTrust} carries.
 *
 * @param floor what is accepted of any fleet, over the air and pinned
 * @param guessLimit guesses that a new registration asks for, 1 to {@value Limits#GUESSES_MAX};
 *     lowered to the fleet's maximum
 * @param ksf stretching of a new registration
 */
public record ClientPolicy(ClientFloor floor, int guessLimit, KsfParameters ksf) {
  private static final int KSF_MEMORY_MIN = 19 << 10;
  private static final int KSF_PASSES_MIN = 2;
  private static final int KSF_MEMORY_MAX = 256 << 10;
  private static final int KSF_PASSES_MAX = 16;
  private static final int KSF_LANES_MAX = 4;

  /** Five HSMs, a quorum of three, ten guesses, 64 MiB and three passes, nothing simulated. */
  public static final ClientPolicy DEFAULT =
      new ClientPolicy(ClientFloor.DEFAULT, Limits.GUESSES_MAX, KsfParameters.DEFAULT);

  /** For a fleet on a developer's machine. */
  public static final ClientPolicy DEVELOPMENT =
      new ClientPolicy(ClientFloor.DEVELOPMENT, Limits.GUESSES_MAX, KsfParameters.DEFAULT);

  public ClientPolicy {
    Invariant.check(guessLimit >= 1 && guessLimit <= Limits.GUESSES_MAX, "guess limit");
    Invariant.check(accepts(ksf), "an app does not ask for stretching that it would refuse");
  }

  /**
   * At least 19 MiB and two passes, at most 256 MiB, 16 passes and four lanes. The floor keeps a
   * quorum of corrupted HSMs from making the code cheap to search; the ceiling keeps it from
   * stalling the device.
   */
  public static boolean accepts(KsfParameters ksf) {
    return ksf.memoryKibibytes() >= KSF_MEMORY_MIN
        && ksf.memoryKibibytes() <= KSF_MEMORY_MAX
        && ksf.passes() >= KSF_PASSES_MIN
        && ksf.passes() <= KSF_PASSES_MAX
        && ksf.lanes() >= 1
        && ksf.lanes() <= KSF_LANES_MAX;
  }
}
