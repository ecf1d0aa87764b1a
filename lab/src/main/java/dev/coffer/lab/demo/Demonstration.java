package dev.coffer.lab.demo;

import dev.coffer.backup.BackupException;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.lab.local.LocalParties;
import dev.coffer.lab.local.NodeLife;
import dev.coffer.lab.local.TemporaryFleet;
import dev.coffer.lab.sample.SampleHistory;
import dev.coffer.lab.sample.TreeComparison;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.transparency.bundle.Bundle;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;

/**
 * The demonstration: a fleet of five in a temporary directory, Alice's backup and recovery, a thief
 * at Bob's account, dying machines. Leaves nothing behind, neither processes nor files, however it
 * ends.
 */
public final class Demonstration {
  /**
   * How long an act waits at most before the demonstration fails. A quiet machine needs a second; a
   * busy one is not to be taken for a broken vault.
   */
  static final Duration WAIT = Duration.ofMinutes(3);

  private static final long SEED = 20_261_121;

  private final Session session;
  private final Story story;
  private final Optional<Path> given;
  private final boolean keep;

  /**
   * Prepares.
   *
   * @param given the user's directory, which is only read; empty for a made-up history
   * @param keep whether the temporary directory stays
   */
  public Demonstration(Session session, Output speech, Optional<Path> given, boolean keep) {
    this.session = session;
    this.story = new Story(speech, session.clock());
    this.given = given;
    this.keep = keep;
  }

  /** Runs it. */
  public DemoResult run()
      throws Failure, OperatorFailure, IOException, BackupException, InterruptedException {
    try (TemporaryFleet temporary = TemporaryFleet.make("demo", keep)) {
      DemoResult result = play(temporary);
      if (keep) {
        story.speech().warn("Kept: " + temporary.home());
      }
      return result;
    }
  }

  private DemoResult play(TemporaryFleet temporary)
      throws Failure, OperatorFailure, IOException, BackupException, InterruptedException {
    story
        .speech()
        .say(
            "Coffer demonstration. Every HSM here is SIMULATED: software that root on this machine can read.");
    Path home = temporary.home();
    Path phone = prepare(home);
    LocalFleet running = found(temporary);
    Alice alice = new Alice(session, story, home);
    alice.enrol();
    alice.backUp(phone);
    alice.loseThePhone();
    alice.recover();
    TreeComparison comparison = alice.restoreAndCompare(phone);
    Thief thief = new Thief(session, story, home);
    thief.prepareVictim();
    int wrongGuesses = thief.guess();
    boolean exhausted = thief.eleventh();
    int killed = new Outage(session, story, home, running).play();
    conclude(comparison);
    return new DemoResult(
        comparison.differences().isEmpty(),
        comparison.files(),
        comparison.bytes(),
        running.size(),
        killed,
        wrongGuesses,
        exhausted,
        story.elapsed().toMillis() / 1000.0);
  }

  private Path prepare(Path home) throws IOException {
    if (given.isPresent()) {
      story.step("Your directory");
      story.tell(given.get() + " is what will be backed up. It is only read.");
      return given.get();
    }
    story.step("Alice's phone");
    Path phone = home.resolve("phone");
    SampleHistory.make(phone, SEED);
    long[] total = total(phone);
    story.tell(
        "A made-up message history: a SQLite database of 20,000 messages, photos and voice notes; "
            + Sizes.count(total[0], "file")
            + ", "
            + Sizes.bytes(total[1])
            + ".");
    return phone;
  }

  private static long[] total(Path directory) throws IOException {
    long[] total = new long[2];
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            total[0]++;
            total[1] += attributes.size();
            return FileVisitResult.CONTINUE;
          }
        });
    return total;
  }

  private LocalFleet found(TemporaryFleet temporary)
      throws Failure, OperatorFailure, IOException, InterruptedException {
    story.step("A fleet of five");
    LocalParties parties = new LocalParties(session, new VaultHome(temporary.home()));
    parties.start(NodeLife.BRIEF);
    LocalFleet founded = temporary.found(session, FleetPlan.FIVE, NodeLife.BRIEF);
    story.tell(
        "Five HSMs made their keys together; no key can ever leave them. Fleet id, which apps may pin:");
    story.tell(founded.fleet().id().value().hex());
    int hsms = founded.hsmsRunning();
    if (hsms != founded.size()) {
      throw new Failure(
          ExitCode.FAILED,
          "Only " + hsms + " HSM processes run.",
          "Look into the nodes' logs: run coffer demo --keep.");
    }
    story.tell(
        "Five nodes run, each with its HSM (SIMULATED) in a process of its own. Any three can serve.");
    Bundle bundle = parties.publish();
    story.tell(
        "Notary and operator signed bundle "
            + bundle.epoch()
            + " with these keys; a public log took it in, two witnesses cosigned the log.");
    story.tell(
        "Phones check all of that before they talk to the fleet; no app has to know its keys.");
    return founded;
  }

  private void conclude(TreeComparison comparison) throws Failure {
    if (!comparison.differences().isEmpty()) {
      throw new Failure(
          ExitCode.FAILED,
          "The restored files differ: "
              + Sizes.printable(comparison.differences().getFirst())
              + " and perhaps others.",
          "Please report this as a defect.");
    }
    story.speech().say("");
    story
        .speech()
        .say(
            "Done in "
                + Sizes.time(story.elapsed())
                + ". Nobody but Alice's devices ever had her code or key. Keep a fleet of your own with coffer up.");
  }

  /** A device of the demonstration. */
  static Device device(Path home, String name, String account) {
    return Device.of(home.resolve("devices").resolve(name), account);
  }
}
