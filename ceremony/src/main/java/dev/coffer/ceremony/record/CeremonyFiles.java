package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/** Which files sites show each other. Stateless. */
public final class CeremonyFiles {
  private CeremonyFiles() {}

  /**
   * The names of all files that the sites of {@code plan} exchange, in the order in which they are
   * written: a transcript before the messages that it names. Whoever reads a folder that somebody
   * else may be writing reads in the opposite order, and misses no line of a message.
   */
  public static List<String> of(Plan plan) {
    List<String> names = new ArrayList<>(List.of(Verification.PLAN));
    int n = plan.sites().size();
    for (int of = 1; of <= n; of++) {
      names.add(Transcript.file(of));
    }
    for (int of = 1; of <= n; of++) {
      for (Message.Kind kind : Message.Kind.values()) {
        if (kind.saidBy(of)) {
          names.add(Message.file(kind, of));
        }
      }
    }
    for (Participant participant : plan.participants()) {
      names.add(Signatures.file(participant));
    }
    names.addAll(List.of(Verification.FLEET, Signatures.TRANSCRIPT));
    return names;
  }
}
