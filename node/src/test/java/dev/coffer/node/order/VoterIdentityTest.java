package dev.coffer.node.order;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.order.VoterIdentity.Standing;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A voter whose directory has forgotten never votes under its old name (docs/replication.md rule
 * 4).
 */
@Tag("long")
final class VoterIdentityTest {
  @TempDir Path home;
  private NodeTls tls;

  @BeforeEach
  void certificates() throws IOException {
    Path folder = home.resolve("tls");
    FleetCertificates.write(
        home.resolve("ca.pem"),
        List.of(new FleetCertificates.NodeHome(3, folder, List.of())),
        Clock.systemUTC(),
        new SecureRandom());
    tls = TlsFiles.in(folder).load(3, Optional.empty(), Instant.now());
  }

  private OrderSettings settings(int fleet) {
    return new OrderSettings(
        new FleetId(Bytes.wrap(new byte[] {(byte) fleet}).concat(Bytes.zeros(31))),
        3,
        List.of(new OrderSettings.Member(3, "127.0.0.1", 1)),
        home.resolve("raft"),
        home.resolve("voter.properties"),
        tls,
        1,
        200,
        20_000);
  }

  private VoterIdentity decide(boolean beforeFirstEntry) throws IOException {
    return VoterIdentity.decide(settings(1), beforeFirstEntry, Clock.systemUTC());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  private void remove() throws IOException {
    Files.move(home.resolve("raft"), home.resolve("lost-" + System.nanoTime()));
  }

  @Test
  void theFirstStartFoundsAndLaterOnesReturn() throws IOException {
    VoterIdentity first = decide(true);
    assertEquals(Standing.FOUNDER, first.standing());
    assertEquals("n3-1", first.name().text());
    for (int start = 0; start < 3; start++) {
      VoterIdentity again = decide(false);
      assertEquals(Standing.RETURNING, again.standing());
      assertEquals(first.name(), again.name());
    }
  }

  @Test
  void aLostDirectoryMakesANewName() throws IOException {
    decide(true);
    remove();
    VoterIdentity fresh = decide(false);
    assertEquals(Standing.NEW, fresh.standing());
    assertNotEquals("n3-1", fresh.name().text());
    // Not yet taken in: a second start decides again rather than voting.
    assertEquals(Standing.NEW, decide(false).standing());
    VoterIdentity taken = decide(false);
    taken.adopt(settings(1));
    VoterIdentity returned = decide(false);
    assertEquals(Standing.RETURNING, returned.standing());
    assertEquals(taken.name(), returned.name());
  }

  @Test
  void aDirectoryFromABackupMakesANewName() throws IOException {
    decide(true);
    copy(home.resolve("raft"), home.resolve("backup"));
    decide(false);
    decide(false);
    remove();
    copy(home.resolve("backup"), home.resolve("raft"));
    assertEquals(Standing.NEW, decide(false).standing());
    assertFalse(
        Files.exists(home.resolve("raft").resolve("coffer-identity")),
        "the old one is moved aside");
    try (Stream<Path> beside = Files.list(home)) {
      assertTrue(beside.anyMatch(path -> path.getFileName().toString().startsWith("raft.before-")));
    }
  }

  @Test
  void aCrashBetweenMarkerAndCopyIsNoLoss() throws IOException {
    decide(true);
    copy(home.resolve("raft"), home.resolve("backup"));
    decide(false);
    remove();
    copy(home.resolve("backup"), home.resolve("raft"));
    assertEquals(Standing.RETURNING, decide(false).standing());
  }

  @Test
  void losingEverythingButTheHsmIsNotAFirstStart() throws IOException {
    assertEquals(Standing.NEW, decide(false).standing());
  }

  private void turnTo(long number, List<Integer> founders) throws IOException {
    OrderSettings settings = settings(1);
    VoterIdentity.turnTo(
        settings.marker(), settings.directory(), settings.fleetId(), number, founders);
  }

  @Test
  void anOrdersNumberHasBounds() throws IOException {
    decide(true);
    byte[] before = Files.readAllBytes(home.resolve("voter.properties"));
    long most = OrderRules.NUMBER_MAX;
    for (long bad : new long[] {-5, 0, 1, most + 1, 1_000_000_000_000_000_000L, Long.MAX_VALUE}) {
      assertThrows(IOException.class, () -> turnTo(bad, List.of()));
      assertThrows(IOException.class, () -> turnTo(bad, List.of(1, 2, 3)));
      assertArrayEquals(before, Files.readAllBytes(home.resolve("voter.properties")));
    }
    turnTo(most, List.of(1, 2, 3));
    assertEquals(most, VoterIdentity.order(home.resolve("voter.properties")).number());
    assertTrue(VoterIdentity.start(most).index() > 0);
    new VoterMarker("00", 1, 1, 0, most + 1, List.of(), Bytes.EMPTY).write(home.resolve("m"));
    assertThrows(IOException.class, () -> VoterMarker.read(home.resolve("m")));
  }

  @Test
  void whoeverLostTheMarkerFoundsNoOrderThatItHasVotedIn() throws IOException {
    decide(true);
    turnTo(50, List.of(1, 2, 3));
    VoterIdentity.found(settings(1), 50, Bytes.zeros(32));
    assertEquals(Standing.RETURNING, decide(false).standing());
    Path marker = home.resolve("voter.properties");
    Files.delete(marker);
    assertThrows(IOException.class, () -> turnTo(50, List.of(1, 2, 3)));
    assertThrows(IOException.class, () -> turnTo(49, List.of()));
    assertFalse(Files.exists(marker));
    // Also where the marker comes from a backup of the time before the founding.
    new VoterMarker(settings(1).fleetId().value().hex(), 1, 1, 0, 50, List.of(1, 2, 3), Bytes.EMPTY)
        .write(marker);
    assertThrows(IOException.class, () -> VoterIdentity.found(settings(1), 50, Bytes.zeros(32)));
    // As a newcomer it has another name.
    Files.delete(marker);
    turnTo(50, List.of());
    VoterIdentity newcomer = decide(false);
    assertEquals(Standing.NEW, newcomer.standing());
    assertFalse(newcomer.founder());
    turnTo(51, List.of(1, 2, 3));
  }

  @Test
  void aFoundingThatWasBrokenOffIsRepeatedUnlessItHasVoted() throws IOException {
    decide(true);
    turnTo(50, List.of(1, 2, 3));
    byte[] before = Files.readAllBytes(home.resolve("voter.properties"));
    VoterIdentity.found(settings(1), 50, Bytes.zeros(32));
    // A crash before the marker was written.
    Files.write(home.resolve("voter.properties"), before);
    assertEquals(
        Standing.FOUNDER, VoterIdentity.found(settings(1), 50, Bytes.zeros(32)).standing());
    Files.write(home.resolve("voter.properties"), before);
    Path log =
        RatisOrdering.logFolder(
            home.resolve("raft"), RatisOrdering.groupId(settings(1).fleetId(), 0, 50));
    TermFile.write(log.resolve(TermFile.NAME), 51, "n1-50");
    assertThrows(IOException.class, () -> VoterIdentity.found(settings(1), 50, Bytes.zeros(32)));
  }

  @Test
  void beforeTheFirstEntryNobodyFoundsTheFirstOrderOutOfALaterOne() throws IOException {
    turnTo(50, List.of());
    VoterIdentity newcomer = decide(true);
    assertEquals(Standing.NEW, newcomer.standing());
    assertEquals(50, newcomer.order());
    assertEquals(50, VoterIdentity.order(home.resolve("voter.properties")).number());
  }

  @Test
  void anotherFleetsMarkerIsRefused() throws IOException {
    decide(true);
    IOException refused =
        assertThrows(
            IOException.class, () -> VoterIdentity.decide(settings(2), true, Clock.systemUTC()));
    assertTrue(String.valueOf(refused.getMessage()).contains("another fleet"));
  }
}
