package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Site;
import dev.coffer.ceremony.plan.Words;
import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.ceremony.run.Standing;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.terminal.Output;
import dev.coffer.client.port.Pause;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer ceremony run}. */
@CommandLine.Command(
    name = "run",
    description = {
      "Go on with a ceremony at this site as far as the files on the stick allow. Run the same"
          + " command again whenever the stick comes back; after a kill it goes on where it was."
          + " Between the runs the HSM goes on running.",
      "If the plan has an exchange port for this site, the other sites fetch from here what is in"
          + " the exchange directory, this one fetches from them, and the command goes on until"
          + " people are needed or all sites have everything. What comes is checked as what comes"
          + " on a stick is.",
      "Exit codes: 0 the node may start, 7 it waits for files or for your word, 8 something does"
          + " not fit."
    })
public final class CeremonyRunCommand extends Command {
  private static final int MINUTES_MAX = 7 * 24 * 60;
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  /** In this time the others look again. */
  private static final Duration SEEN = Duration.ofSeconds(4);

  /** Longer than a site needs from its last file to its end. */
  private static final Duration GONE = Duration.ofSeconds(30);

  @Parameters(paramLabel = "PLAN", description = "The plan.txt that everybody has.")
  private Path planFile = Path.of("");

  @Option(names = "--site", required = true, paramLabel = "I", description = "This site's number.")
  private int site;

  @Option(
      names = "--home",
      required = true,
      paramLabel = "DIR",
      description = "This site's own directory: state, HSM, node. Empty at the beginning.")
  private Path home = Path.of("");

  @Option(
      names = "--exchange",
      required = true,
      paramLabel = "DIR",
      description =
          "The stick, or any folder that is carried from site to site. Over the network, a folder"
              + " that the other sites may read; a stick is a second --exchange then.")
  private List<Path> exchange = List.of();

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description =
          "Open the exchange port at this address (default: the site's host of the plan).")
  private @Nullable String listen;

  @Option(
      names = "--wait",
      paramLabel = "MINUTES",
      description =
          "Over the network, wait so long for the other sites (default: ${DEFAULT-VALUE}; 0 looks"
              + " once).")
  private int minutes = 60;

  @Option(
      names = "--yes-they-match",
      paramLabel = "WORDS",
      description = "The sixteen words of all identities, which are the same at every site.")
  private @Nullable String words;

  @Option(
      names = "--exception",
      paramLabel = "TEXT",
      description = "Write down in this site's transcript what was not as planned.")
  private List<String> exceptions = List.of();

  @Option(
      names = "--ssh-keygen",
      paramLabel = "PROGRAM",
      description = "The program that verifies signatures (default: ${DEFAULT-VALUE}).")
  private String sshKeygen = "ssh-keygen";

  @Mixin private HsmProgramOption hsm = new HsmProgramOption();

  /** What was said of sites already: once is enough. */
  private final Set<String> named = new HashSet<>();

  /** In {@code session}. */
  public CeremonyRunCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    if (minutes < 0 || minutes > MINUTES_MAX) {
      throw new Failure(
          ExitCode.USAGE, "Nobody waits so long.", "Give --wait 0 to " + MINUTES_MAX + ".");
    }
    Plan plan = CeremonyCommand.plan(planFile);
    CeremonyCommand.show(speech(), "Plan of " + plan.ceremony(), plan.hash());
    SshKeygen signatures = new SshKeygen(sshKeygen);
    CeremonySite.Carriers carriers =
        new CeremonySite.Carriers(exchange, Optional.ofNullable(listen));
    try (CeremonySite here =
        CeremonySite.open(session(), plan, site, home, carriers, hsm.path(), signatures)) {
      for (String exception : exceptions) {
        here.except(exception);
      }
      long end = time().nanoTime() + Duration.ofMinutes(minutes).toNanos();
      Standing standing = step(here);
      Optional<Standing> told = Optional.empty();
      while (here.networked() && standing instanceof Standing.Waiting && time().nanoTime() < end) {
        if (!told.equals(Optional.of(standing))) {
          told = Optional.of(standing);
          waits((Standing.Waiting) standing, here);
        }
        time().await(BETWEEN);
        standing = step(here);
      }
      // Whoever sits here and typed nothing wants to stop.
      boolean stopped =
          standing instanceof Standing.Waiting
              || standing instanceof Standing.Comparing && session().terminal().interactive();
      if (here.networked() && !stopped) {
        stay(here, end);
      }
      return tell(plan, standing, here);
    }
  }

  private Pause time() {
    return session().pause();
  }

  /** Goes on; people compare and type words on the way. */
  private Standing step(CeremonySite here) throws Failure, IOException {
    Standing standing = advance(here);
    if (standing instanceof Standing.Comparing comparing) {
      CeremonyCommand.show(speech(), "Identities of all sites", comparing.roll().hash());
      Optional<String> typed = typed();
      if (typed.isPresent()) {
        here.confirm(typed.get());
        standing = advance(here);
      }
    }
    return standing;
  }

  private Standing advance(CeremonySite here) throws Failure, IOException {
    try {
      return here.advance();
    } finally {
      here.refused()
          .forEach((of, why) -> {
            // What is wrong may say what time it is, at every look: what to do tells it apart.
            if (named.add(of + why.next())) {
              speech().warn("Left out what site " + of + " shows: " + why.what());
              speech().warn("    Next: " + why.next());
            }
          });
    }
  }

  private void waits(Standing.Waiting waiting, CeremonySite here) {
    speech()
        .say(
            "Site "
                + site
                + " waits for "
                + waiting.why()
                + ": "
                + String.join(", ", waiting.files())
                + ".");
    here.silent().values().forEach(why -> speech().say("    " + why));
  }

  /**
   * Goes on to show what is here until all others have it. One that does not answer any more is
   * waited for a little: it may have ended since it has all.
   */
  private void stay(CeremonySite here, long end) throws Failure, IOException, InterruptedException {
    List<Site> lacking = here.lacking();
    long heard = time().nanoTime();
    while (!lacking.isEmpty()
        && time().nanoTime() < end
        && time().nanoTime() - heard < GONE.toNanos()) {
      if (lacking.stream().map(Site::index).anyMatch(of -> answers(here, of))) {
        heard = time().nanoTime();
      }
      time().await(BETWEEN);
      lacking = here.lacking();
    }
    // The others look as well: they have to see that this site has all.
    if (time().nanoTime() < end) {
      time().await(SEEN);
    }
    for (Site other : lacking) {
      speech()
          .warn(
              "Whether "
                  + other.called()
                  + " has all files was not seen: if it still waits, run this command here again.");
    }
  }

  private static boolean answers(CeremonySite here, int site) {
    return !here.silent().containsKey(site) && !here.refused().containsKey(site);
  }

  private Optional<String> typed() throws IOException {
    return words != null
        ? Optional.of(words)
        : session()
            .terminal()
            .ask("Type them once every site has read the same (nothing to stop): ")
            .filter(line -> !line.isBlank());
  }

  private ExitCode tell(Plan plan, Standing standing, CeremonySite here) {
    Output speech = speech();
    return switch (standing) {
      case Standing.Waiting waiting -> {
        speech.result("Site " + site + " waits for " + waiting.why() + ":");
        waiting.files().forEach(file -> speech.result("    " + file));
        here.silent().values().forEach(why -> speech.say("    " + why));
        speech.result(
            here.networked()
                ? "Next: run this again; it goes on when the other sites show them."
                : "Next: carry the stick on, or an empty one if it is lost; run this again when it"
                    + " has them.");
        speech.say(
            "    If a site does not come back: begin a new ceremony at all sites, under another"
                + " name, with empty folders.");
        speech.result(
            new JsonWriter()
                .put("state", "waiting")
                .put("why", waiting.why())
                .putTexts("files", waiting.files()));
        yield ExitCode.TRY_AGAIN;
      }
      case Standing.Comparing comparing -> {
        String all = Words.of(comparing.roll().hash());
        speech.result(new JsonWriter().put("state", "comparing").put("words", all));
        speech.result("Next: compare them with every site, then add --yes-they-match WORDS.");
        yield ExitCode.TRY_AGAIN;
      }
      case Standing.Founded founded -> {
        FleetId fleet = founded.fleet();
        speech.result(
            "Founded: fleet "
                + fleet.value().hex()
                + ", site "
                + site
                + " of "
                + plan.sites().size()
                + ".");
        speech.say("Next: start its node, with " + here.config() + " (docs/deploy.md, 5);");
        speech.say("    coffer ceremony verify says what anybody can check of the files.");
        speech.result(new JsonWriter().put("state", "founded").put("fleet", fleet.value().hex()));
        yield ExitCode.OK;
      }
    };
  }
}
