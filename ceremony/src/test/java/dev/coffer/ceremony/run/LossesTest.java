package dev.coffer.ceremony.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.SampleSettings;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stick, a person or a machine is lost between any two visits: on with the rest, or anew. */
@Tag("long")
class LossesTest {
  /** More than any ceremony of three takes. */
  private static final int VISITS_MAX = 60;

  @TempDir private Path folder;

  private static void empty(Path stick) throws IOException {
    try (Stream<Path> files = Files.list(stick)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
  }

  /** The next site in turn has the stick; people sign what they find on it after each round. */
  private static Standing visit(World world, int visit) throws Exception {
    World.Site site = world.sites.get(visit % 3);
    Standing standing = site.comeBy();
    if (visit % 3 == 2) {
      world.sign();
    }
    return standing;
  }

  private static boolean nobodyServes(World world) {
    return world.sites.stream().allMatch(site -> site.installed.isEmpty());
  }

  private static void foundedByAll(World world) throws Exception {
    world.goRound();
    Fleet fleet = world.site(1).installed.orElseThrow();
    for (World.Site site : world.sites) {
      assertEquals(fleet.id(), site.installed.orElseThrow().id());
    }
    Standing unused = world.site(1).comeBy();
    assertTrue(
        Verification.of(new DirectoryFolder(world.stick()), World.SIGNATURES).holds(),
        "the new stick has all of it");
  }

  /** What the sites have is enough: an empty stick takes the place of one that is lost. */
  @Test
  void aStickThatIsLostAfterAnyVisitIsMadeAgain() throws Exception {
    boolean done = false;
    for (int lost = 1; !done && lost < VISITS_MAX; lost++) {
      try (World world = new World(Files.createDirectories(folder.resolve("l" + lost)), 3)) {
        for (int visit = 0; visit < lost; visit++) {
          Standing unused = visit(world, visit);
        }
        empty(world.stick());
        done = world.sites.stream().allMatch(site -> site.installed.isPresent());
        foundedByAll(world);
      }
    }
    assertTrue(done, "not every visit was reached");
  }

  /**
   * A copy of the stick that lay about since an earlier visit hinders nobody, and takes nothing.
   */
  @Test
  void anOlderCopyOfTheStickIsBroughtUpToDate() throws Exception {
    boolean done = false;
    for (int at = 1; !done && at < VISITS_MAX; at += 3) {
      try (World world = new World(Files.createDirectories(folder.resolve("o" + at)), 3)) {
        for (int visit = 0; visit < at; visit++) {
          Standing unused = visit(world, visit);
        }
        Path older = folder.resolve("older" + at);
        copy(world.stick(), older);
        for (int visit = at; visit < at + 4; visit++) {
          Standing unused = visit(world, visit);
        }
        done = world.sites.stream().allMatch(site -> site.installed.isPresent());
        empty(world.stick());
        copy(older, world.stick());
        foundedByAll(world);
      }
    }
    assertTrue(done, "not every visit was reached");
  }

  /**
   * A machine that dies for good after any of its visits, before all have signed: the others name
   * what they lack, no node of any site can start, and a new ceremony founds another fleet.
   */
  @Test
  void aMachineThatDiesEndsTheCeremonyAndNobodyServes() throws Exception {
    boolean left = true;
    int rounds = 0;
    for (; left && rounds < VISITS_MAX / 3; rounds++) {
      Path first = Files.createDirectories(folder.resolve("d" + rounds));
      try (World world = new World(first, 3)) {
        for (int visit = 0; visit < 3 * rounds; visit++) {
          Standing unused = visit(world, visit);
        }
        left = nobodyServes(world);
        if (!left) {
          break;
        }
        List<String> missing = List.of();
        for (int visit = 0; visit < 24 && nobodyServes(world); visit++) {
          Standing standing = world.sites.get(visit % 2).comeBy();
          if (standing instanceof Standing.Waiting waiting) {
            missing = waiting.files();
          }
          // People sign what there is, once there is something.
          world.sign();
        }
        if (nobodyServes(world)) {
          assertTrue(
              missing.stream().anyMatch(file -> file.startsWith("site-3.")), missing.toString());
          Path again = Files.createDirectories(folder.resolve("again" + rounds));
          try (World anew =
              new World(
                  again,
                  World.plan(
                      again,
                      SampleSettings.of(3, "yes")
                          .replace("ceremony = pilot-1", "ceremony = pilot-2")))) {
            foundedByAll(anew);
          }
        } else {
          // Site 3 had said everything: it founds when it is back, or its place stays empty.
          left = false;
          assertInstanceOf(Standing.Founded.class, world.site(3).comeBy());
        }
      }
    }
    assertTrue(rounds >= 3, "it died in " + rounds + " rounds alone");
  }

  /** A participant who will not sign: nobody serves, and nobody is asked for anything else. */
  @Test
  void aParticipantWhoStopsKeepsEverybodyWaiting() throws Exception {
    try (World world = new World(folder, 3)) {
      for (int visit = 0; visit < 30; visit++) {
        Standing unused = world.sites.get(visit % 3).comeBy();
        world.sign();
        Files.deleteIfExists(world.stick().resolve("signature-person-3.sig"));
      }
      assertTrue(nobodyServes(world));
      for (World.Site site : world.sites) {
        assertEquals(
            List.of("signature-person-3.sig"),
            assertInstanceOf(Standing.Waiting.class, site.comeBy()).files());
      }
      foundedByAll(world);
    }
  }
}
