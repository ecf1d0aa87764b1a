package dev.coffer.ceremony.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.SampleSettings;
import dev.coffer.ceremony.record.Announcement;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.TestLog;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan that names a log: no HSM makes an identity before the plan was seen there. */
class AnnouncedRunTest {
  private static final Instant BEFORE = World.NOON.minusSeconds(3600);

  @TempDir private Path folder;

  private World world() throws Exception {
    return new World(folder, folderPlan());
  }

  private static void put(Path stick, Bytes policy, Bytes proof) throws IOException {
    Files.createDirectories(stick);
    Files.write(stick.resolve(Announcement.POLICY), policy.toByteArray());
    Files.write(stick.resolve(Announcement.PROOF), proof.toByteArray());
  }

  private static Verification verify(World world) {
    return Verification.of(new DirectoryFolder(world.stick()), World.SIGNATURES);
  }

  @Test
  void noSiteBeginsBeforeThePlanIsInTheLog() throws Exception {
    try (World world = world()) {
      Standing.Waiting waiting =
          assertInstanceOf(Standing.Waiting.class, world.site(1).command().advance());
      assertEquals(List.of(Announcement.POLICY, Announcement.PROOF), waiting.files());
      assertFalse(Files.exists(world.stick().resolve("site-1.identity")));
      put(world.stick(), TestLog.policy(), TestLog.proof(world.plan, BEFORE, BEFORE));
      world.goRound();
      assertTrue(verify(world).holds(), verify(world).checks().toString());
      assertEquals(
          1,
          verify(world).checks().stream()
              .filter(check -> check.claim().equals(Verification.ANNOUNCED))
              .count());
      // The last one took it from the stick and can give it to the next stick.
      Bytes proof = Bytes.wrap(Files.readAllBytes(world.stick().resolve(Announcement.PROOF)));
      assertEquals(
          proof, new DirectoryFolder(world.site(3).own()).read(Announcement.PROOF).orElseThrow());
      // One that was made afterwards shows nothing.
      put(
          world.stick(),
          TestLog.policy(),
          TestLog.proof(world.plan, BEFORE, World.NOON.plusSeconds(1)));
      assertTrue(objection(world).contains("and site 1 began at " + World.NOON), objection(world));
      Files.delete(world.stick().resolve(Announcement.PROOF));
      assertEquals("There is no " + Announcement.PROOF + ".", objection(world));
    }
  }

  private static String objection(World world) {
    Verification verification = verify(world);
    assertEquals(
        List.of(Verification.ANNOUNCED),
        verification.checks().stream()
            .filter(check -> check.objection().isPresent())
            .map(Verification.Check::claim)
            .toList());
    return verification.checks().get(1).objection().orElseThrow();
  }

  @Test
  void whatDoesNotShowItIsRefusedAndNotTaken() throws Exception {
    try (World world = world()) {
      Bytes good = TestLog.proof(world.plan, BEFORE, BEFORE);
      String text = new String(good.toByteArray(), StandardCharsets.UTF_8);
      refused(world, TestLog.policy(), TestLog.proof(world.plan, BEFORE), "does not show");
      refused(world, TestLog.policy(), ascii(text.replace("index 1", "index 0")), "does not show");
      refused(world, TestLog.policy(), ascii("no proof"), "does not show");
      refused(
          world,
          TestLog.policy(),
          TestLog.proof(
              World.plan(folder, SampleSettings.of(5, "yes") + TestLog.setting()), BEFORE, BEFORE),
          "does not show");
      refused(world, ascii("quorum none\n"), good, "is not the one that the plan names");
      // Witnesses whose clocks, or ours, are wrong.
      refused(
          world,
          TestLog.policy(),
          TestLog.proof(world.plan, BEFORE, World.NOON.plusSeconds(1)),
          "here it is " + World.NOON);
      world.now = World.NOON.plusSeconds(1);
      assertInstanceOf(Standing.Waiting.class, world.site(1).comeBy());
      assertTrue(Files.exists(world.stick().resolve("site-1.identity")));
    }
  }

  /** Who announces twice, or serves a later proof to one site, strands nobody. */
  @Test
  void ofTwoProofsEverySiteKeepsTheEarlier() throws Exception {
    Bytes earlier = TestLog.proof(folderPlan(), BEFORE, BEFORE);
    try (World world = world()) {
      put(world.stick(), TestLog.policy(), earlier);
      assertInstanceOf(Standing.Waiting.class, world.site(1).comeBy());
      Bytes later = TestLog.proof(world.plan, BEFORE, World.NOON.plusSeconds(1));
      world.now = World.NOON.plusSeconds(2);
      put(world.stick(), TestLog.policy(), later);
      assertInstanceOf(Standing.Waiting.class, world.site(2).comeBy());
      put(world.stick(), TestLog.policy(), earlier);
      world.goRound();
      assertTrue(verify(world).holds(), verify(world).checks().toString());
      for (int site = 1; site <= 3; site++) {
        Bytes kept =
            new DirectoryFolder(world.site(site).own()).read(Announcement.PROOF).orElseThrow();
        assertEquals(earlier, kept, "site " + site);
      }
    }
  }

  /** Of three witnesses two are enough, whatever the clock of the third says. */
  @Test
  void oneWitnessWithAWrongClockBlocksNobodyAndDatesNothing() throws Exception {
    Bytes three = TestLog.policyOfThree();
    Plan plan = World.plan(folder, SampleSettings.of(3, "yes") + TestLog.setting(three));
    for (Instant odd :
        List.of(Instant.EPOCH.plusSeconds(1), World.NOON.plusSeconds(1_000_000_000))) {
      Bytes proof = TestLog.proof(plan, odd, BEFORE, BEFORE);
      assertEquals(BEFORE, Announcement.loggedBy(plan, three, proof));
    }
    Instant ahead = World.NOON.plusSeconds(1_000_000_000);
    Bytes late = TestLog.proof(plan, ahead, BEFORE);
    assertEquals(ahead, Announcement.loggedBy(plan, three, late), "two are the quorum here");
    try (World world = new World(folder, plan)) {
      put(world.stick(), three, TestLog.proof(plan, ahead, BEFORE, BEFORE));
      world.goRound();
      assertTrue(verify(world).holds(), verify(world).checks().toString());
    }
  }

  private Plan folderPlan() throws Exception {
    return World.plan(folder, SampleSettings.of(3, "yes") + TestLog.setting());
  }

  private static void refused(World world, Bytes policy, Bytes proof, String why) throws Exception {
    put(world.stick(), policy, proof);
    CeremonyRefused refusal =
        assertThrows(CeremonyRefused.class, () -> world.site(1).command().advance());
    assertTrue(refusal.what().contains(why), refusal.what());
    assertFalse(Files.exists(world.stick().resolve("site-1.identity")));
  }

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Nobody says when a log without witnesses took anything. */
  @Test
  void aPolicyWithoutWitnessesIsNone() throws Exception {
    Bytes nobody = TestLog.policy("none");
    try (World world =
        new World(
            folder, World.plan(folder, SampleSettings.of(3, "yes") + TestLog.setting(nobody)))) {
      refused(world, nobody, TestLog.proof(world.plan, BEFORE, BEFORE), "asks for no witness");
    }
  }
}
