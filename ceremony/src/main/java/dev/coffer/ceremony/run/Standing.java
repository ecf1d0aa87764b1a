package dev.coffer.ceremony.run;

import dev.coffer.ceremony.record.Roll;
import dev.coffer.protocol.fleet.FleetId;
import java.util.List;

/** How far a site is. */
public sealed interface Standing {
  /**
   * Files of others are missing.
   *
   * @param why what they are for, a clause
   */
  record Waiting(String why, List<String> files) implements Standing {
    public Waiting {
      files = List.copyOf(files);
    }
  }

  /** People have to compare the words of these identities. */
  record Comparing(Roll roll) implements Standing {}

  /** The node may start. */
  record Founded(FleetId fleet) implements Standing {}
}
