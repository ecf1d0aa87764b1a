package dev.coffer.ceremony.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.SampleSettings;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Message;
import dev.coffer.ceremony.record.Message.Kind;
import dev.coffer.ceremony.record.Transcript;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sticks that were exchanged, changed or forgotten, machines that were copied, clocks, crashes. */
class RefusalsTest {
  @TempDir private Path folder;

  private static void refused(World.Site site, String said) {
    CeremonyRefused refusal = assertThrows(CeremonyRefused.class, site::comeBy);
    assertTrue(refusal.what().contains(said), refusal.what());
    assertTrue(refusal.next().endsWith("."), refusal.next());
    assertTrue(site.installed.isEmpty());
  }

  private World world(String name, String settings) throws Exception {
    Path home = Files.createDirectories(folder.resolve(name));
    return new World(home, World.plan(home, settings));
  }

  private World world(String name) throws Exception {
    return world(name, SampleSettings.of(3, "yes"));
  }

  private static void copy(Path from, Path to, String name) throws IOException {
    Files.createDirectories(to);
    Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aStickOfAnotherPlan() throws Exception {
    String other = SampleSettings.of(3, "yes").replace("guess-limit = 10", "guess-limit = 9");
    try (World one = world("one");
        World two = world("two", other)) {
      two.site(2).comeBy();
      Files.createDirectories(one.stick());
      copy(two.stick(), one.stick(), "plan.txt");
      refused(one.site(1), "holds another plan");
      List<String> before = names(two.stick());
      // Nor is anything of ours left on the other's stick.
      SiteRun strayed =
          one.site(1)
              .command(new DirectoryFolder(one.site(1).own()), new DirectoryFolder(two.stick()));
      assertThrows(CeremonyRefused.class, strayed::advance);
      assertTrue(names(two.stick()).equals(before));
      Files.delete(one.stick().resolve("plan.txt"));
      copy(two.stick(), one.stick(), "site-2.identity");
      copy(two.stick(), one.stick(), "site-2.transcript");
      refused(one.site(1), "belongs to another plan");
    }
  }

  @Test
  void anotherPlanInADirectoryThatHasOne() throws Exception {
    String other = SampleSettings.of(3, "yes").replace("guess-limit = 10", "guess-limit = 9");
    try (World one = world("one");
        World two = world("two", other)) {
      one.site(1).comeBy();
      SiteRun command =
          two.site(1)
              .command(new DirectoryFolder(one.site(1).own()), new DirectoryFolder(two.stick()));
      CeremonyRefused refusal = assertThrows(CeremonyRefused.class, command::advance);
      assertTrue(refusal.what().contains("is of another plan"), refusal.what());
    }
  }

  @Test
  void twoSitesWithOneNumber() throws Exception {
    try (World one = world("one");
        World two = world("two")) {
      one.site(1).comeBy();
      two.site(1).comeBy();
      copy(two.stick(), one.stick(), "site-1.identity");
      copy(two.stick(), one.stick(), "site-1.transcript");
      refused(one.site(1), "site-1.identity that this machine did not write");
      // A third one that has not spoken yet, and takes a number that is taken.
      World.Site late = two.new Site(1);
      Path empty = Files.createDirectories(folder.resolve("empty"));
      SiteRun command = late.command(new DirectoryFolder(empty), new DirectoryFolder(one.stick()));
      CeremonyRefused refusal = assertThrows(CeremonyRefused.class, command::advance);
      assertTrue(refusal.what().contains("did not write"), refusal.what());
    }
  }

  @Test
  void aFileUnderAnotherSitesName() throws Exception {
    try (World world = world("one")) {
      world.site(2).comeBy();
      Files.copy(
          world.stick().resolve("site-2.identity"), world.stick().resolve("site-3.identity"));
      refused(world.site(1), "site-3.identity was written by site 2");
    }
  }

  @Test
  void oneIdentityTwice() throws Exception {
    try (World world = world("one")) {
      world.site(2).comeBy();
      Bytes octets = Bytes.wrap(Files.readAllBytes(world.stick().resolve("site-2.identity")));
      Message second = Message.parse(octets, Kind.IDENTITY, 2, world.plan.hash());
      put(world, new Message(Kind.IDENTITY, second.plan(), 3, second.time(), second.lines()));
      refused(world.site(1), "Site 3 shows a key that site 2 shows, too");
    }
  }

  private static void put(World world, Message message) throws IOException {
    Transcript transcript =
        Transcript.begin(world.plan.hash(), message.site())
            .append(message.time(), message.kind().word(), Transcript.of(message));
    Path stick = world.stick();
    Files.write(stick.resolve(message.called()), message.encode().toByteArray());
    Files.write(stick.resolve(Transcript.file(message.site())), transcript.encode().toByteArray());
  }

  @Test
  void yesterdaysStickAndAClockThatIsHoursOff() throws Exception {
    try (World world = world("one")) {
      world.site(2).comeBy();
      world.now = World.NOON.plus(Duration.ofHours(4)).plusSeconds(1);
      refused(world.site(1), "more than 4 hours apart");
      world.now = World.NOON.minus(Duration.ofHours(5));
      refused(world.site(1), "more than 4 hours apart");
      world.now = World.NOON.plus(Duration.ofHours(4));
      world.site(1).comeBy();
      // What was taken in time stays taken.
      world.now = World.NOON.plus(Duration.ofHours(7));
      world.site(1).comeBy();
    }
  }

  /** What does not fit is believed nothing and named; everybody else's files come. */
  @Test
  void whatAnotherSiteShowsIsJudgedAsAStickIs() throws Exception {
    String other = World.networked(3).replace("guess-limit = 10", "guess-limit = 9");
    try (World world = world("one", World.networked(3));
        World two = world("two", other)) {
      world.site(2).comeBy(world.site(2).asking(List.of(), false));
      two.site(2).comeBy(two.site(2).asking(List.of(), false));
      world.now = World.NOON.plus(Duration.ofHours(4)).plusSeconds(1);
      world.site(3).comeBy(world.site(3).asking(List.of(), false));
      leftOut(world, "more than 4 hours apart");
      world.now = World.NOON.plus(Duration.ofHours(4));
      Path plan = world.shown(2).resolve("plan.txt");
      String agreed = Files.readString(plan);
      copy(two.shown(2), world.shown(2), "plan.txt");
      leftOut(world, "holds another plan");
      Files.writeString(plan, "no plan");
      leftOut(world, "plan");
      Files.writeString(plan, agreed);
      Path identity = world.shown(2).resolve("site-2.identity");
      String said = Files.readString(identity);
      Files.writeString(identity, "no message");
      leftOut(world, "is no message of a ceremony");
      Files.writeString(identity, said.replace("\nsite 2\n", "\nsite 3\n"));
      leftOut(world, "site-2.identity was written by site 3");
      Files.writeString(identity, said);
      SiteRun mended = world.site(1).asking(List.of(2, 3), false);
      assertTrue(mended.advance() instanceof Standing.Comparing);
      assertTrue(mended.refused().isEmpty());
      // What was taken stays, whatever is shown afterwards.
      copy(two.shown(2), world.shown(2), "site-2.identity");
      SiteRun later = world.site(1).asking(List.of(2, 3), false);
      assertTrue(later.advance() instanceof Standing.Comparing);
      String why = later.refused().get(2).what();
      assertTrue(why.contains("is not the one that was taken before"), why);
    }
  }

  private static void leftOut(World world, String said) throws Exception {
    SiteRun run = world.site(1).asking(List.of(2, 3), false);
    assertEquals(
        List.of("site-2.identity"),
        assertInstanceOf(Standing.Waiting.class, run.advance()).files());
    assertEquals(Set.of(2), run.refused().keySet());
    assertTrue(run.refused().get(2).what().contains(said), run.refused().get(2).what());
    assertTrue(Files.exists(world.shown(1).resolve("site-3.identity")));
    assertFalse(Files.exists(world.shown(1).resolve("site-2.identity")));
  }

  /** Whoever sits in one site's place does not get there first with what another says. */
  @Test
  void aSiteSpeaksForItselfAloneOverTheNetwork() throws Exception {
    try (World world = world("one", World.networked(3));
        World forged = world("two", World.networked(3))) {
      for (int of = 1; of <= 3; of++) {
        world.site(of).comeBy(world.site(of).asking(List.of(), false));
        forged.site(of).comeBy(forged.site(of).asking(List.of(), false));
      }
      for (int of : List.of(1, 3)) {
        copy(forged.shown(of), world.shown(2), Message.file(Kind.IDENTITY, of));
        copy(forged.shown(of), world.shown(2), Transcript.file(of));
      }
      SiteRun run = world.site(1).asking(List.of(2), false);
      assertEquals(
          List.of("site-3.identity"),
          assertInstanceOf(Standing.Waiting.class, run.advance()).files());
      assertEquals(Set.of(), run.refused().keySet());
      run = world.site(1).asking(List.of(2, 3), false);
      assertTrue(run.advance() instanceof Standing.Comparing);
      assertEquals(Set.of(), run.refused().keySet());
      for (int of = 1; of <= 3; of++) {
        String file = Message.file(Kind.IDENTITY, of);
        assertEquals(
            Files.readString(world.shown(of).resolve(file)),
            Files.readString(world.site(1).own().resolve(file)));
      }
    }
  }

  @Test
  void aSiteThatBeganAnew() throws Exception {
    try (World world = world("one");
        World again = world("two")) {
      world.site(2).comeBy();
      world.site(1).comeBy();
      again.site(2).comeBy();
      copy(again.stick(), world.stick(), "site-2.identity");
      copy(again.stick(), world.stick(), "site-2.transcript");
      refused(world.site(1), "is not the one that was taken before");
    }
  }

  @Test
  void aTranscriptWithoutALine() throws Exception {
    try (World world = world("one")) {
      world.site(2).comeBy();
      Path file = world.stick().resolve("site-2.transcript");
      Files.write(file, Transcript.begin(world.plan.hash(), 2).encode().toByteArray());
      refused(world.site(1), "does not name site-2.identity: its line is missing");
      Files.delete(file);
      refused(world.site(1), "does not name site-2.identity");
    }
  }

  @Test
  void aTranscriptWithAChangedLine() throws Exception {
    try (World world = world("one")) {
      world.site(2).comeBy();
      world.site(2).command().except("all well");
      world.site(2).comeBy();
      Path file = world.stick().resolve("site-2.transcript");
      String text = Files.readString(file);
      for (String changed :
          List.of(
              text.replaceFirst("sha256:.", "sha256:z"),
              text.replaceFirst("\n1 ", "\n2 "),
              text.replaceFirst("\n1 [^\n]*\n", "\n"),
              text.substring(0, text.length() - 1),
              text.replace("site 2", "site 1"))) {
        Files.writeString(file, changed);
        refused(world.site(1), "transcript of site 2 was changed");
      }
      Files.writeString(file, text);
      world.site(1).comeBy();
      // A line that was there and follows is not there any more, and another follows in its place.
      Transcript other = Transcript.begin(world.plan.hash(), 2);
      Transcript seen =
          Transcript.parse(
              Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII)), world.plan.hash(), 2);
      Transcript.Entry first = seen.entries().getFirst();
      other = other.append(Instant.parse(first.time()), first.step(), first.what());
      other = other.append(World.NOON, Transcript.EXCEPTION, "not well");
      Files.write(file, other.encode().toByteArray());
      refused(world.site(1), "does not continue what is known of it");
    }
  }

  @Test
  void anHsmThatSaysSimulatedWhereThePlanHasNone() throws Exception {
    try (World world = world("one", SampleSettings.of(3, "no"))) {
      refused(world.site(1), "The HSM of site 1 (town-1) says SIMULATED");
      assertFalse(world.site(1).command().begun());
      assertFalse(Files.exists(world.stick().resolve("site-1.identity")));
    }
  }

  /** Its site says so itself, before anybody carries its identity on. */
  @Test
  void anHsmThatRunsAnotherProgramThanThePlans() throws Exception {
    String other = "measurement = " + "ab".repeat(32) + "\n";
    try (World world = world("one", SampleSettings.of(3, "yes") + other)) {
      refused(world.site(2), "The HSM of site 2 (town-2) runs another program than the plan's");
      assertFalse(Files.exists(world.stick().resolve("site-2.identity")));
      assertFalse(Files.exists(world.site(2).own().resolve("site-2.identity")));
    }
  }

  /** Else a file of this machine would travel on as somebody's signature. */
  @Test
  void aLinkOnTheStick() throws Exception {
    try (World world = world("one")) {
      world.site(1).comeBy();
      Path secret = Files.writeString(folder.resolve("secret"), "of this machine");
      Files.createSymbolicLink(world.stick().resolve("signature-person-1.sig"), secret);
      IOException trouble = assertThrows(IOException.class, () -> world.site(1).comeBy());
      assertTrue(trouble.getMessage().contains("is no file of a ceremony"), trouble.getMessage());
      assertFalse(Files.exists(world.site(1).own().resolve("signature-person-1.sig")));
    }
  }

  /** What is no signature is not carried on as one. */
  @Test
  void aSignatureThatIsSomethingElse() throws Exception {
    try (World world = world("one")) {
      world.site(1).comeBy();
      String name = "signature-person-1.sig";
      String good = "U1NIU0lHAAAA";
      String whole = new String(World.armour(good).toByteArray(), StandardCharsets.ISO_8859_1);
      for (Bytes octets :
          List.of(
              Bytes.wrap("of this machine".getBytes(StandardCharsets.US_ASCII)),
              World.armour("AAAAAAAAAAAA"),
              World.armour(good + "\u009b31m"),
              World.armour((good + "\n").repeat(400) + good),
              Bytes.wrap((whole + "more\n").getBytes(StandardCharsets.US_ASCII)),
              Bytes.wrap(whole.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII)),
              Bytes.wrap(
                  whole.replace("SSH SIG", "PRIVATE").getBytes(StandardCharsets.US_ASCII)))) {
        Files.write(world.stick().resolve(name), octets.toByteArray());
        refused(world.site(1), name + " is no signature as ssh-keygen -Y sign writes it");
        assertFalse(Files.exists(world.site(1).own().resolve(name)));
      }
      Files.write(world.stick().resolve(name), World.armour(good).toByteArray());
      world.site(1).comeBy();
      assertTrue(Files.exists(world.site(1).own().resolve(name)));
    }
  }

  @Test
  void wordsOfSomethingElse() throws Exception {
    try (World world = world("one")) {
      for (World.Site site : world.sites) {
        site.command().advance();
      }
      SiteRun command = world.site(1).command();
      assertTrue(command.advance() instanceof Standing.Comparing);
      for (String typed : List.of("", "yes", "babab")) {
        CeremonyRefused refusal = assertThrows(CeremonyRefused.class, () -> command.confirm(typed));
        assertTrue(refusal.what().contains("not the words"), refusal.what());
      }
      assertTrue(command.advance() instanceof Standing.Comparing);
    }
  }

  @Test
  void anHsmThatWasStartedAgainAfterItHadCommitted() throws Exception {
    try (World world = world("one")) {
      for (World.Site site : world.sites) {
        site.comeBy();
      }
      world.site(1).comeBy();
      assertTrue(Files.exists(world.site(1).own().resolve("site-1.commitments")));
      world.site(1).stopHsm();
      world.site(2).comeBy();
      refused(world.site(1), "what it committed to is lost");
    }
  }

  @Test
  void anHsmThatWasPutInAnothersPlace() throws Exception {
    try (World world = world("one")) {
      for (World.Site site : world.sites) {
        site.command().advance();
      }
      world.site(1).stopHsm();
      Files.move(world.folder.resolve("hsm-1"), world.folder.resolve("hsm-lost"));
      refused(world.site(1), "is not the one that made this site's identity");
    }
  }

  /**
   * What an HSM says to others is bound to the fleet and to all commitments: by the core itself.
   */
  @Test
  void commitmentsOfAnotherFleet() throws Exception {
    try (World world = world("one");
        World other = world("two")) {
      for (int round = 0; round < 2; round++) {
        for (World.Site site : world.sites) {
          site.command().advance();
        }
      }
      other.goRound();
      Bytes octets = Bytes.wrap(Files.readAllBytes(other.stick().resolve("site-2.commitments")));
      Plan plan = world.plan;
      Message foreign = Message.parse(octets, Kind.COMMITMENTS, 2, plan.hash());
      Path file = world.stick().resolve("site-2.transcript");
      Transcript transcript =
          Transcript.parse(Bytes.wrap(Files.readAllBytes(file)), plan.hash(), 2)
              .append(World.NOON, "commitments", Transcript.of(foreign));
      Files.write(file, transcript.encode().toByteArray());
      Files.write(world.stick().resolve("site-2.commitments"), octets.toByteArray());
      world.site(1).comeBy();
      refused(world.site(3), "speak of another fleet");
    }
  }
}
