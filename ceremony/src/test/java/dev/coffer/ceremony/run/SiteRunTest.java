package dev.coffer.ceremony.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sites that found together with the real core, over one stick, and everything that breaks off. */
class SiteRunTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void aStickThatGoesRoundFoundsAFleet(int n) throws Exception {
    try (World world = new World(folder, n)) {
      world.goRound();
      Fleet fleet = world.site(1).installed.orElseThrow();
      for (World.Site site : world.sites) {
        assertEquals(fleet.id(), site.installed.orElseThrow().id());
        assertEquals(fleet.id(), site.hsm().fleet().id());
        assertEquals(site.index, site.hsm().index());
      }
      Verification verification =
          Verification.of(new DirectoryFolder(world.stick()), World.SIGNATURES);
      assertTrue(verification.holds(), verification.checks().toString());
      assertEquals(11, verification.checks().size());
    }
  }

  /** Sites 1 and 2 ask each other; site 3 has the stick alone, which site 1 has as well. */
  @Test
  void sitesThatAskEachOtherAndOneWithAStickFoundAFleet() throws Exception {
    try (World world = new World(folder, 3)) {
      for (int round = 0; round < 12 && world.site(2).installed.isEmpty(); round++) {
        Standing unused = world.site(1).comeBy(world.site(1).asking(List.of(2), true));
        unused = world.site(2).comeBy(world.site(2).asking(List.of(1), false));
        unused = world.site(3).comeBy();
        world.sign();
      }
      Standing unused = world.site(1).comeBy(world.site(1).asking(List.of(2), true));
      unused = world.site(3).comeBy();
      Fleet fleet = world.site(1).installed.orElseThrow();
      for (World.Site site : world.sites) {
        assertEquals(fleet.id(), site.installed.orElseThrow().id());
      }
      for (Path all : List.of(world.stick(), world.shown(1), world.shown(2))) {
        assertTrue(Verification.of(new DirectoryFolder(all), World.SIGNATURES).holds());
      }
    }
  }

  /** Before the last check has passed no site has anything that a node starts with. */
  @Test
  void nothingServesBeforeEnoughHaveSigned() throws Exception {
    try (World world = new World(folder, 3)) {
      Standing last = new Standing.Waiting("", List.of());
      for (int round = 0; round < 8; round++) {
        for (World.Site site : world.sites) {
          last = site.comeBy();
          assertTrue(site.installed.isEmpty());
        }
      }
      assertEquals(
          List.of("signature-person-1.sig", "signature-person-2.sig", "signature-person-3.sig"),
          assertInstanceOf(Standing.Waiting.class, last).files());
      world.sign();
      Participant other = world.plan.participants().getFirst();
      Files.write(
          world.stick().resolve("signature-person-2.sig"),
          Files.readAllBytes(world.stick().resolve(Signatures.file(other))));
      for (World.Site site : world.sites) {
        assertTrue(
            assertThrows(CeremonyRefused.class, site::comeBy)
                .what()
                .contains("signature-person-2.sig is no signature"));
        assertTrue(site.installed.isEmpty());
      }
      world.sign();
      world.goRound();
      assertTrue(world.sites.stream().allMatch(site -> site.installed.isPresent()));
    }
  }

  /** Whoever signed with another key hears of it while they are there, and not when all have. */
  @Test
  void aSignatureThatDoesNotHoldIsSaidAtOnce() throws Exception {
    try (World world = new World(folder, 3)) {
      Participant first = world.plan.participants().getFirst();
      for (int round = 0; round < 8; round++) {
        for (World.Site site : world.sites) {
          Standing unused = site.comeBy();
        }
      }
      put(world.stick(), first, World.armour("U1NIU0lHAAAA"));
      assertTrue(
          assertThrows(CeremonyRefused.class, world.site(2)::comeBy)
              .what()
              .contains("signature-person-1.sig is no signature"));
      assertFalse(Files.exists(world.site(2).own().resolve("signature-person-1.sig")));
      world.sign();
      world.goRound();
      assertTrue(world.sites.stream().allMatch(site -> site.installed.isPresent()));
    }
  }

  /**
   * What has the form of a signature and does not hold is taken from no site, and replaces none.
   */
  @Test
  void aSignatureThatDoesNotHoldReplacesNone() throws Exception {
    try (World world = new World(folder, World.plan(folder, World.networked(3)))) {
      World.Site site = world.site(1);
      Standing last = new Standing.Waiting("", List.of());
      for (int round = 0; round < 8; round++) {
        last = site.comeBy(site.asking(List.of(2, 3), false));
        Standing unused = world.site(2).comeBy(world.site(2).asking(List.of(1, 3), false));
        unused = world.site(3).comeBy(world.site(3).asking(List.of(1, 2), false));
      }
      assertEquals(3, assertInstanceOf(Standing.Waiting.class, last).files().size());
      Bytes text = Bytes.wrap(Files.readAllBytes(world.shown(1).resolve(Signatures.TRANSCRIPT)));
      Bytes forged = World.armour("U1NIU0lHAAAA");
      for (Participant participant : world.plan.participants()) {
        put(world.shown(2), participant, forged);
      }
      SiteRun run = site.asking(List.of(2, 3), false);
      assertEquals(3, assertInstanceOf(Standing.Waiting.class, run.advance()).files().size());
      assertTrue(run.refused().get(2).what().contains("signature-person-1.sig is no signature"));
      Participant first = world.plan.participants().getFirst();
      put(world.shown(1), first, World.sign(first, text));
      assertEquals(2, assertInstanceOf(Standing.Waiting.class, site.comeBy(run)).files().size());
      // Nor does one that people carry; and the good one goes back in its place.
      put(world.shown(1), first, forged);
      assertEquals(2, assertInstanceOf(Standing.Waiting.class, site.comeBy(run)).files().size());
      assertEquals(
          World.sign(first, text),
          Bytes.wrap(Files.readAllBytes(world.shown(1).resolve(Signatures.file(first)))));
      for (Participant participant : world.plan.participants()) {
        put(world.shown(3), participant, World.sign(participant, text));
      }
      assertInstanceOf(Standing.Founded.class, site.comeBy(run));
    }
  }

  private static void put(Path shown, Participant participant, Bytes signature) throws IOException {
    Files.write(shown.resolve(Signatures.file(participant)), signature.toByteArray());
  }

  /** The n-th write fails for every n, of the disk and of the stick, done or not; then goes on. */
  @Tag("long")
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFullDiskOrAKillAtAnyWriteIsGoneOnFrom(boolean happened) throws Exception {
    boolean failed = true;
    int n = 0;
    for (; failed; n++) {
      Path home = Files.createDirectories(folder.resolve("n-" + n));
      try (World world = new World(home, 3)) {
        AtomicInteger left = new AtomicInteger(n);
        World.Site site = world.site(1);
        for (int round = 0; round < 9 && site.installed.isEmpty(); round++) {
          try {
            site.comeBy(
                site.command(
                    new FailingFolder(new DirectoryFolder(site.own()), left, happened),
                    new FailingFolder(new DirectoryFolder(world.stick()), left, happened)));
          } catch (IOException e) {
            assertEquals("No space left on device", e.getMessage());
            assertTrue(site.installed.isEmpty());
          }
          world.site(2).comeBy();
          world.site(3).comeBy();
          world.sign();
        }
        failed = left.get() < 0;
        world.goRound();
        Optional<Fleet> fleet = site.installed;
        assertTrue(fleet.isPresent(), "write " + n);
        assertEquals(fleet.get().id(), world.site(3).installed.orElseThrow().id());
      }
    }
    assertTrue(n > 20, "hardly any write was reached: " + n);
  }

  /** The HSM keeps its fleet for good; the site's own file about that was not written. */
  @Test
  void anHsmThatWasFoundedBeforeItsStatementWasWrittenGoesOn() throws Exception {
    try (World world = new World(folder, 3)) {
      World.Site site = world.site(1);
      Folder own = new DirectoryFolder(site.own());
      Folder killed =
          new Folder() {
            @Override
            public Optional<Bytes> read(String name) throws IOException {
              return own.read(name);
            }

            @Override
            public void write(String name, Bytes content) throws IOException {
              if (name.equals("site-1.statement")) {
                throw new IOException("killed");
              }
              own.write(name, content);
            }
          };
      SiteRun command = site.command(killed, new DirectoryFolder(world.stick()));
      boolean broken = false;
      for (int round = 0; round < 9 && !broken; round++) {
        try {
          site.comeBy(command);
        } catch (IOException e) {
          broken = true;
        }
        world.site(2).comeBy();
        world.site(3).comeBy();
      }
      assertTrue(broken);
      assertFalse(Files.exists(site.own().resolve("site-1.statement")));
      site.stopHsm();
      assertEquals(1, site.hsm().index());
      world.goRound();
      assertTrue(site.installed.isPresent());
    }
  }

  @Test
  void whatWasNotAsPlannedIsWrittenDown() throws Exception {
    try (World world = new World(folder, 3)) {
      world.site(2).comeBy();
      world.site(2).command().except("the door stood open");
      world.now = World.NOON.plus(Duration.ofMinutes(30));
      world.goRound();
      assertTrue(
          Files.readString(world.stick().resolve("transcript.txt"))
              .contains("exception the door stood open after "));
      Verification verification =
          Verification.of(new DirectoryFolder(world.stick()), World.SIGNATURES);
      assertEquals(1, verification.exceptions().size());
      assertTrue(verification.holds());
      assertThrows(CeremonyRefused.class, () -> world.site(2).command().except("late"));
    }
  }
}
