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
             `coffer ceremony plan --show plan.txt`, and the SHA-256 of this script: it is the one published before.
      2. [ ] At each site: `coffer ceremony run plan.txt --site NUMBER --home DIR --exchange STICK --hsm PROGRAM`,
             where PROGRAM is of the release's image and fits the site's hardware. The HSM makes its identity inside;
             the file goes on the stick. Carry the stick from site to site until each has written once and read all.
             A site with a port under "files" shows STICK, a folder then, to the others, and the command goes on by
             itself until people are needed. Where a stick comes there, too: end the command, and run it once with
             `--exchange FOLDER --exchange STICK --wait 0`; carry the stick on, and start the command again.
      3. [ ] Each site prints sixteen words for all identities. Read them aloud. Only if they are the same
             everywhere, word for word, type them.
      4. [ ] Carry the stick round: commitments, then what is revealed, HSM to HSM, sealed. Run the same command
             at each site whenever the stick comes; it says what it waits for. Leave the machines on until step 5
             is done at every site: a power cut between commitments and statements means that the ceremony begins
             anew, with empty folders.
      5. [ ] Carry it round once more: each HSM's statement of what it saw. Then `transcript.txt` is on the stick.
      6. [ ] Everybody reads `transcript.txt`, exceptions first, and signs it:
             `ssh-keygen -Y sign -f KEY -n coffer-ceremony transcript.txt`, then renames the result to
             `signature-NAME.sig` and puts it on the stick. Each HSM signs it, too: the stick goes round once more.
      7. [ ] At each site once more the same command. It checks everything, and only then writes the node's files.
      8. [ ] Anybody, anywhere: `coffer ceremony verify STICK`. Publish what is on it; none of it is secret.
      """;

  /** A fleet of three is a beginning: what follows is known before anybody registers there. */
  private static final String PILOT =
      """

      ## From this pilot to more sites

      A fleet keeps its sites for good. Users of this one move to another without an update of the app, if the app
      trusts bundles and not this fleet alone (`docs/transparency.md`):

      1. [ ] Plan and found the larger fleet by a ceremony of its own, under another name, and start its nodes.
      2. [ ] Put its `fleet.bin`, `fleet.properties` and `ca.pem` into `fleets/global` of the operator's directory, and
             announce it: `coffer bundle propose --set global=announced`, two approvals, `coffer bundle publish`.
      3. [ ] After the days for which the trust policy wants it announced, one bundle makes it the one in use:
             `coffer bundle propose --set global=active --set first=retiring`. Each user moves when their code is next
             at hand; here nobody registers any more.
      4. [ ] When hardly anyone is left: retired nodes send clients on. Keep them running as long as anyone may not
             have moved. What was not moved when this fleet ends is lost.
      """;

  private static final int PILOT_SITES = 3;

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
    text.append(
        "\n## Sites\n\n| site | name | host | clients | nodes | order | files | who is there |\n");
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (Site site : plan.sites()) {
      text.append(
          "| %d | %s | %s | %d | %d | %d | %s | |\n"
              .formatted(
                  site.index(),
                  site.name(),
                  site.host(),
                  site.httpPort(),
                  site.peerPort(),
                  site.raftPort(),
                  site.exchangePort().isPresent() ? site.exchangePort().getAsInt() : "by stick"));
    }
    text.append("\n## Participants; ").append(plan.signaturesNeeded()).append(" of ");
    text.append(plan.participants().size()).append(" have to sign\n\n");
    for (Participant participant : plan.participants()) {
      text.append("- [ ] ").append(participant.name()).append(": `").append(participant.key());
      text.append("`\n");
    }
    text.append(STEPS);
    return plan.sites().size() == PILOT_SITES ? text.append(PILOT).toString() : text.toString();
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
    plan.announcedBy()
        .ifPresent(policy ->
            text.append(
                    "- [ ] this plan is in a public log before the day, by the policy with SHA-256"
                        + " `")
                .append(policy.hex())
                .append("`\n"));
    text.append("- [ ] a file on a stick may be ").append(plan.hoursMax()).append(" hours old\n");
  }
}
