package dev.coffer.evidence;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.util.ArrayList;
import java.util.List;

/**
 * What a manifest says of its fleet in words that people compare with what they were told. Whoever
 * signs the manifest stands for it; the claims compare it with what was founded.
 *
 * @param measurement of the program that all HSMs say they run, 32 octets
 * @param simulated whether any HSM says SIMULATED
 * @param members HSM i at i−1
 */
record Promise(
    int hsms,
    int threshold,
    int captureQuorum,
    int partitions,
    int guessLimit,
    boolean replaceByLogin,
    boolean deleteByLogin,
    Bytes measurement,
    boolean simulated,
    List<Member> members) {
  Promise {
    members = List.copyOf(members);
  }

  /** One HSM: where it is, and what it says of itself. */
  record Member(String site, String model, String keys, String memory, String voucher) {
    static Member of(String site, HsmIdentity hsm) {
      HsmPromises promises = HsmPromises.of(hsm);
      return new Member(
          site,
          hsm.model(),
          HsmPromises.word(promises.keys()),
          HsmPromises.word(promises.memory()),
          HsmPromises.word(promises.voucher()));
    }

    @Override
    public String toString() {
      return model + " keys " + keys + " memory " + memory + " voucher " + voucher;
    }
  }

  /** What is true of {@code fleet}, which was founded by {@code plan}. */
  static Promise of(Plan plan, Fleet fleet) {
    FleetSettings settings = fleet.settings();
    List<Member> members = new ArrayList<>();
    for (int i = 1; i <= settings.n(); i++) {
      members.add(Member.of(plan.site(i).name(), fleet.hsm(i)));
    }
    return new Promise(
        settings.n(),
        settings.t(),
        settings.q(),
        settings.partitions(),
        settings.guessLimitMax(),
        settings.replaceByLogin(),
        settings.deleteByLogin(),
        fleet.hsm(1).measurement(),
        fleet.hsms().stream().anyMatch(HsmIdentity::simulated),
        members);
  }

  /** How many HSMs it takes, for people. */
  String quorum() {
    return hsms
        + " HSMs, threshold "
        + threshold
        + ", capture quorum "
        + captureQuorum
        + ", partitions "
        + partitions;
  }

  /** What a login alone may do, for people. */
  String logins() {
    return "replace " + word(replaceByLogin) + ", delete " + word(deleteByLogin);
  }

  private static String word(boolean flag) {
    return flag ? "yes" : "no";
  }
}
