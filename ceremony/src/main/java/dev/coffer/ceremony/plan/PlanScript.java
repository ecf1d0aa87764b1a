package dev.coffer.ceremony.plan;

import dev.coffer.protocol.fleet.TenantIssuer;

/** Writes what people read, do and tick off on the day: the plan as a script, in Markdown. */
public final class PlanScript {
  private static final String STEPS =
      """

      ## On the day

      Everybody has this script on paper and ticks each line. Whoever sees anything else than what stands here
      says so; it is written down with `--exception "WHAT"` at that site, and everybody decides whether to go on.

      1. [ ] Read aloud the sixteen words of the plan. Each site prints them with
             `coffer ceremony plan --show plan.txt`.
      2. [ ] At each site: `coffer ceremony run plan.txt --site NUMBER --home DIR --exchange STICK`. The HSM makes
             its identity inside; the file goes on the stick. Carry the stick from site to site until each has
             written once and read all.
      3. [ ] Each site prints sixteen words for all identities. Read them aloud. Only if they are the same
             everywhere, word for word, type them.
      4. [ ] Carry the stick round: commitments, then what is revealed, HSM to HSM, sealed. Run the same command
             at each site whenever the stick comes; it says what it waits for. Leave the machines on until step 5
             is done at every site: a power cut between commitments and statements means that the ceremony begins
             anew, with empty folders.
      5. [ ] Carry it round once more: each HSM's statement of what it saw. Then `transcript.txt` is on the stick.
      6. [ ] Everybody reads `transcript.txt`, exceptions first, and signs it:
             `ssh-keygen -Y sign -f KEY -n coffer-ceremony transcript.txt`, then renames the result to
             `signature-NAME.sig` and puts it on the stick.
      7. [ ] At each site once more the same command. It checks everything, and only then writes the node's files.
      8. [ ] Anybody, anywhere: `coffer ceremony verify STICK`. Publish what is on it; none of it is secret.
      """;

  private PlanScript() {}

  /** The script of {@code plan}. */
  public static String markdown(Plan plan) {
    StringBuilder text = new StringBuilder();
    text.append("# Ceremony ").append(plan.ceremony()).append("\n\n");
    if (plan.simulated()) {
      text.append("**HSMs may be SIMULATED: this is a rehearsal. Nobody's backups go there.**\n\n");
    }
    text.append("The plan's SHA-256, as words and as digits:\n\n");
    Words.lines(plan.hash()).forEach(line -> text.append("    ").append(line).append('\n'));
    text.append("\n    ").append(plan.hash().hex()).append("\n\n## What is founded, for good\n\n");
    settings(text, plan);
    text.append("\n## Sites\n\n| site | name | host | clients | nodes | order | who is there |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    for (Site site : plan.sites()) {
      text.append(
          "| %d | %s | %s | %d | %d | %d | |\n"
              .formatted(
                  site.index(),
                  site.name(),
                  site.host(),
                  site.httpPort(),
                  site.peerPort(),
                  site.raftPort()));
    }
    text.append("\n## Participants; ").append(plan.signaturesNeeded()).append(" of ");
    text.append(plan.participants().size()).append(" have to sign\n\n");
    for (Participant participant : plan.participants()) {
      text.append("- [ ] ").append(participant.name()).append(": `").append(participant.key());
      text.append("`\n");
    }
    return text.append(STEPS).toString();
  }

  private static void settings(StringBuilder text, Plan plan) {
    var settings = plan.settings();
    text.append("- [ ] ").append(settings.n()).append(" HSMs, threshold ").append(settings.t());
    text.append(", capture quorum ").append(settings.q()).append('\n');
    text.append("- [ ] at most ").append(settings.guessLimitMax()).append(" guesses a code, ");
    text.append(settings.partitions()).append(" partition(s)\n");
    text.append("- [ ] a login alone ").append(settings.replaceByLogin() ? "may" : "may not");
    text.append(" replace a registration, and ")
        .append(settings.deleteByLogin() ? "may" : "may not");
    text.append(" delete one\n");
    for (TenantIssuer tenant : settings.tenants()) {
      text.append("- [ ] tenant ").append(tenant.tenant()).append(", root key `");
      text.append(tenant.rootKey().hex()).append("`\n");
    }
    text.append("- [ ] a file on a stick may be ").append(plan.hoursMax()).append(" hours old\n");
  }
}
