package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Site;
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
    List<String> names = beforehand(plan);
    List<Integer> all = plan.sites().stream().map(Site::index).toList();
    names.addAll(said(plan, all));
    names.addAll(List.of(Verification.FLEET, Signatures.TRANSCRIPT));
    return names;
  }

  /**
   * The names, in the same order, of what is taken from site {@code peer} over the network. A site
   * speaks for itself alone there: else whoever sits in one site's place could forge what every
   * other says. Only a site without a port to ask at comes by way of others.
   */
  public static List<String> takenFrom(Plan plan, int peer) {
    List<String> names = beforehand(plan);
    List<Integer> speaks =
        plan.sites().stream()
            .filter(of -> of.index() == peer || of.exchangePort().isEmpty())
            .map(Site::index)
            .toList();
    names.addAll(said(plan, speaks));
    return names;
  }

  private static List<String> beforehand(Plan plan) {
    List<String> names = new ArrayList<>(List.of(Verification.PLAN));
    if (plan.announcedBy().isPresent()) {
      names.addAll(List.of(Announcement.POLICY, Announcement.PROOF));
    }
    return names;
  }

  /** What these sites and all participants say. */
  private static List<String> said(Plan plan, List<Integer> sites) {
    List<String> names = new ArrayList<>(sites.stream().map(Transcript::file).toList());
    for (int of : sites) {
      for (Message.Kind kind : Message.Kind.values()) {
        if (kind.saidBy(of)) {
          names.add(Message.file(kind, of));
        }
      }
      names.add(Seen.file(of));
    }
    for (Participant participant : plan.participants()) {
      names.add(Signatures.file(participant));
    }
    return names;
  }
}
