package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All sites' identities together: what people compare by words before anything is founded on them.
 * Immutable.
 */
public final class Roll {
  private final Fleet fleet;
  private final List<Messages.Identity> identities;
  private final Bytes hash;

  private Roll(Fleet fleet, List<Messages.Identity> identities, Bytes hash) {
    this.fleet = fleet;
    this.identities = List.copyOf(identities);
    this.hash = hash;
  }

  /**
   * The roll of {@code messages}, site i's at i−1.
   *
   * @throws CeremonyRefused if one key stands twice, an HSM says SIMULATED where the plan does not
   *     let it, or two run different programs
   */
  public static Roll of(Plan plan, List<Message> messages) throws CeremonyRefused {
    List<Messages.Identity> identities = new ArrayList<>();
    StringBuilder text = new StringBuilder("coffer/ceremony-roll/v1\n");
    for (Message message : messages) {
      identities.add(Messages.identity(message));
      text.append(message.hash().hex()).append('\n');
    }
    check(plan, identities);
    try {
      Fleet fleet =
          Fleet.of(plan.settings(), identities.stream().map(Messages.Identity::hsm).toList());
      return new Roll(fleet, identities, Hashes.sha256(Utf8.encode(text.toString())));
    } catch (Rejected e) {
      throw new CeremonyRefused(
          "These identities make no fleet: " + e.what() + ".", "Begin a new ceremony.");
    }
  }

  private static void check(Plan plan, List<Messages.Identity> identities) throws CeremonyRefused {
    Map<Bytes, Integer> owner = new HashMap<>();
    Bytes measurement = identities.getFirst().hsm().measurement();
    for (int i = 0; i < identities.size(); i++) {
      HsmIdentity hsm = identities.get(i).hsm();
      for (Bytes key : List.of(hsm.statementKey(), hsm.sessionKey(), identities.get(i).tls())) {
        Integer other = owner.put(key, i);
        if (other != null) {
          throw new CeremonyRefused(
              "Site " + (i + 1) + " shows a key that site " + (other + 1) + " shows, too.",
              "Somebody copied a file or a machine: begin a new ceremony with empty folders.");
        }
      }
      String called = plan.site(i + 1).called();
      checkSimulated(plan, i + 1, hsm);
      if (!hsm.measurement().equals(measurement)) {
        throw new CeremonyRefused(
            "The HSM of "
                + called
                + " runs another program than that of "
                + plan.site(1).called()
                + ": "
                + hsm.measurement().hex()
                + ".",
            "Install one release at all sites and begin a new ceremony.");
      }
    }
  }

  /** Refuses the HSM of a site that says SIMULATED where the plan has no place for such. */
  public static void checkSimulated(Plan plan, int site, HsmIdentity hsm) throws CeremonyRefused {
    if (hsm.simulated() && !plan.simulated()) {
      throw new CeremonyRefused(
          "The HSM of "
              + plan.site(site).called()
              + " says SIMULATED, and the plan has no place for such.",
          "Put hardware there, or plan a rehearsal with simulated = yes.");
    }
  }

  /** What is to be founded. */
  public Fleet fleet() {
    return fleet;
  }

  /** The nodes' public keys. */
  public List<Bytes> tlsKeys() {
    return identities.stream().map(Messages.Identity::tls).toList();
  }

  /** Names all identities, in their order; see {@link dev.coffer.ceremony.plan.Words}. */
  public Bytes hash() {
    return hash;
  }
}
