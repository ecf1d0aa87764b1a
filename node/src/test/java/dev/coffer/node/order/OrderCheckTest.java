package dev.coffer.node.order;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.LoopbackPorts;
import dev.coffer.node.check.Finding;
import dev.coffer.node.check.Finding.RepairAction;
import dev.coffer.node.check.Findings;
import dev.coffer.node.core.Meters;
import dev.coffer.node.fleet.LoopbackFleet;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a voter of one really wrote, damaged piece by piece: the check names every octet of an entry
 * that changed, every file that is gone, and calls what is whole sound.
 */
@Tag("long")
final class OrderCheckTest {
  private static final FleetId FLEET = new FleetId(Bytes.zeros(32));
  private static final int ENTRIES = 6;
  private static final int STEP = 3;

  @TempDir static Path written;
  private static OrderPosition end;
  @TempDir Path home;

  @BeforeAll
  static void aVoterOfOneOrders() throws Exception {
    FleetCertificates.write(
        written.resolve("ca.pem"),
        List.of(new FleetCertificates.NodeHome(1, written.resolve("tls"), List.of())),
        Clock.systemUTC(),
        new SecureRandom());
    Path own = written.resolve("tls");
    NodeTls tls = TlsFiles.in(own).load(1, Optional.empty(), Instant.now());
    int port = LoopbackPorts.take();
    OrderSettings settings =
        new OrderSettings(
            FLEET,
            1,
            List.of(new OrderSettings.Member(1, "127.0.0.1", port)),
            written.resolve("node").resolve("raft"),
            written.resolve("node").resolve("voter.properties"),
            tls,
            1,
            200,
            20_000);
    OrderedLogRecorder log = new OrderedLogRecorder();
    VoterIdentity identity = VoterIdentity.decide(settings, true, Clock.systemUTC());
    try (RatisOrdering ordering =
        RatisOrdering.start(settings, identity, List.of(log), Meters.NONE)) {
      Orderer orderer = ordering.orderer(0);
      LoopbackFleet.await("a leader", 60, () -> orderer.leadership().mine());
      for (int i = 0; i < ENTRIES; i++) {
        var fate = orderer.propose(Bytes.zeros(40 + i)).get(20, TimeUnit.SECONDS);
        assertEquals(Orderer.Fate.APPLIED, fate);
      }
      LoopbackFleet.await("all to be taken", 20, () -> log.payloads().size() == ENTRIES);
    }
    end = log.taken();
  }

  @BeforeEach
  void copy() throws IOException {
    Path from = written.resolve("node");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path to = home.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
  }

  private Findings check(Optional<OrderPosition> store) throws IOException {
    Findings findings = new Findings();
    OrderCheck check =
        new OrderCheck(home.resolve("raft"), home.resolve("voter.properties"), FLEET, findings);
    check.voter(false);
    check.log(0, store, OptionalLong.of(0));
    return findings;
  }

  private Path file(String name) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(file -> file.getFileName().toString().matches(name))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void assertNamed(Findings findings, String what) {
    assertFalse(findings.sound(), what + ": " + findings.listed());
  }

  @Test
  void whatIsWholeIsSound() throws IOException {
    Findings findings = check(Optional.of(end));
    assertTrue(findings.sound(), findings.listed().toString());
    assertEquals(List.of(), findings.listed());
  }

  @Test
  void everyDamagedOctetOfAnEntryIsNamed() throws IOException {
    Path segment = file("log_.*");
    byte[] whole = Files.readAllBytes(segment);
    int used = whole.length;
    while (whole[used - 1] == 0) {
      used--;
    }
    int passed = 0;
    for (int octet = 0; octet < used; octet += STEP) {
      byte[] damaged = whole.clone();
      damaged[octet] ^= 0x10;
      Files.write(segment, damaged);
      Findings findings = check(Optional.of(end));
      passed += findings.listed().isEmpty() ? 1 : 0;
    }
    assertEquals(0, passed, "damaged octets that nobody mentions");
  }

  @Test
  void aLogThatWasCutIsMentioned() throws IOException {
    Path segment = file("log_.*");
    byte[] whole = Files.readAllBytes(segment);
    for (int size = whole.length - 1; size > 8; size -= whole.length / 60 + 1) {
      Files.write(segment, Arrays.copyOf(whole, size));
      Findings findings = check(Optional.of(end));
      boolean onlyPadding = allZero(whole, size);
      assertTrue(onlyPadding || !findings.listed().isEmpty(), "cut to " + size);
    }
  }

  private static boolean allZero(byte[] octets, int from) {
    for (int i = from; i < octets.length; i++) {
      if (octets[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Every way in which what was being written when the power failed may have come to the disk. */
  @Test
  void aTornEndBehindWhatWasAppliedIsCutAndTheRestStays() throws IOException {
    Path segment = file("log_.*");
    byte[] whole = Files.readAllBytes(segment);
    int used = whole.length;
    while (whole[used - 1] == 0) {
      used--;
    }
    Path open = segment.resolveSibling("log_inprogress_0");
    Files.move(segment, open);
    for (int torn = 1; torn < 80; torn++) {
      byte[] octets = Arrays.copyOf(whole, Math.max(whole.length, used + 4 + torn));
      // The sum of the last entry may itself end with zeros.
      Arrays.fill(octets, used + 4, used + 4 + torn, (byte) torn);
      Files.write(open, octets);
      assertEquals(List.of(RepairAction.RAFT_TAIL), repairs(end), "torn by " + torn);
      Path aside = home.resolve("aside-" + torn);
      assertTrue(RaftTail.cut(home.resolve("raft"), FLEET, 0, 1, aside));
      assertArrayEquals(octets, Files.readAllBytes(aside.resolve("log_inprogress_0")));
      assertArrayEquals(
          Arrays.copyOf(whole, Math.toIntExact(Files.size(open))), Files.readAllBytes(open));
      assertEquals(List.of(), check(Optional.of(end)).listed(), "torn by " + torn);
      assertFalse(RaftTail.cut(home.resolve("raft"), FLEET, 0, 1, home.resolve("nowhere")));
    }
  }

  @Test
  void nothingIsCutThatHadBeenApplied() throws IOException {
    Path segment = file("log_.*");
    Path open = segment.resolveSibling("log_inprogress_0");
    Files.move(segment, open);
    byte[] octets = Files.readAllBytes(open);
    int used = octets.length;
    while (octets[used - 1] == 0) {
      used--;
    }
    octets[used - 10] ^= 1;
    Files.write(open, octets);
    assertEquals(List.of(RepairAction.RAFT_ASIDE), repairs(end));
    assertEquals(
        List.of(RepairAction.RAFT_TAIL), repairs(new OrderPosition(end.term(), end.index() - 1)));
  }

  /** Rot is not a torn end, wherever it is and whatever is known of the store. */
  @Test
  void nothingIsCutBeforeAWholeEntryNorWithItsHeader() throws IOException {
    Path segment = file("log_.*");
    Path open = segment.resolveSibling("log_inprogress_0");
    Files.move(segment, open);
    byte[] whole = Files.readAllBytes(open);
    int used = whole.length;
    while (whole[used - 1] == 0) {
      used--;
    }
    OrderPosition founding = new OrderPosition(0, -1);
    int torn = 0;
    for (int octet = 0; octet < used; octet++) {
      byte[] rotten = whole.clone();
      rotten[octet] ^= 0x10;
      Files.write(open, rotten);
      torn += repairs(founding).equals(List.of(RepairAction.RAFT_TAIL)) ? 1 : 0;
    }
    // The last entry, which is all that may be torn.
    assertTrue(torn > 40 && torn < 160, torn + " octets of " + used);
    Files.write(open, whole);
    for (int octet = 0; octet < 8; octet++) {
      byte[] rotten = whole.clone();
      rotten[octet] ^= 0x10;
      Files.write(open, rotten);
      assertFalse(RaftTail.cut(home.resolve("raft"), FLEET, 0, 1, home.resolve("nowhere")));
    }
  }

  @Test
  void nothingIsCutWhereNobodySaysWhatWasApplied() throws IOException {
    Path segment = file("log_.*");
    Path open = segment.resolveSibling("log_inprogress_0");
    Files.move(segment, open);
    byte[] octets = Files.readAllBytes(open);
    int used = octets.length;
    while (octets[used - 1] == 0) {
      used--;
    }
    byte[] torn = Arrays.copyOf(octets, used + 40);
    Arrays.fill(torn, used + 4, used + 40, (byte) 7);
    Files.write(open, torn);
    assertEquals(List.of(RepairAction.RAFT_TAIL), repairs(end));
    Findings unknown = check(Optional.empty());
    assertEquals(RepairAction.RAFT_ASIDE, unknown.listed().getFirst().repair());
  }

  private List<RepairAction> repairs(OrderPosition store) throws IOException {
    return check(Optional.of(store)).listed().stream()
        .filter(finding -> finding.weight() == Finding.Weight.DAMAGE)
        .map(Finding::repair)
        .toList();
  }

  @Test
  void aMissingLogIsMentioned() throws IOException {
    Files.delete(file("log_.*"));
    assertFalse(check(Optional.of(end)).listed().isEmpty());
  }

  @Test
  void aSegmentUnderAnotherNumberIsDamage() throws IOException {
    Path segment = file("log_.*");
    Files.move(segment, segment.resolveSibling("log_inprogress_900"));
    assertNamed(check(Optional.of(end)), "a segment under another number");
  }

  @Test
  void aStoreOlderThanTheLogBeginsIsDamage() throws IOException {
    Path segment = file("log_.*");
    // What the log would be after a purge up to entry 900: it begins there, and is empty yet.
    Files.write(segment, Arrays.copyOf(Files.readAllBytes(segment), 8));
    Files.move(segment, segment.resolveSibling("log_inprogress_900"));
    assertFalse(check(Optional.of(end)).listed().isEmpty());
  }

  @Test
  void termAndVoteAreLookedAt() throws IOException {
    Path meta = file("raft-meta");
    Path marker = home.resolve("voter.properties");
    String mine = Files.readString(marker);
    for (String text : List.of("", "term=x\nvotedFor=a\n", "term=4\n", "term=\\u00zz\n")) {
      Files.writeString(meta, text, StandardCharsets.ISO_8859_1);
      assertTermsMissed(marker, mine, text);
    }
    Files.delete(meta);
    assertTermsMissed(marker, mine, "no raft-meta");
  }

  /** The marker makes good for it, unless it is an earlier version's. */
  private void assertTermsMissed(Path marker, String mine, String what) throws IOException {
    Findings restored = check(Optional.of(end));
    assertTrue(restored.sound(), what);
    assertEquals(1, restored.listed().size(), what);
    Files.writeString(marker, mine.replaceFirst("(?m)^terms=.*\n", ""));
    assertNamed(check(Optional.of(end)), what);
    Files.writeString(marker, mine);
  }

  private boolean overtaken(long ahead, long newerTerms) throws IOException {
    Path folder = file("log_inprogress_.*").getParent();
    return OvertakenLog.overtaken(
        folder, new OrderPosition(end.term() + newerTerms, end.index() + ahead));
  }

  @Test
  void aLogIsOvertakenWhereItDoesNotLeadUpToTheStore() throws IOException {
    assertFalse(overtaken(0, 0));
    assertFalse(overtaken(-2, 0));
    assertTrue(overtaken(1, 0), "the store was fetched");
    assertTrue(overtaken(0, 1), "what stands there was ordered by nobody who counts");
    Path log = file("log_inprogress_.*");
    byte[] header = Arrays.copyOf(Files.readAllBytes(log), 8);
    Files.delete(log);
    // Rolled and purged: the next entry follows the store.
    Files.write(log.resolveSibling("log_inprogress_" + (end.index() + 1)), header);
    assertFalse(overtaken(0, 0), "all of it is covered, and nothing is missing");
    assertTrue(overtaken(1, 0));
  }

  @Test
  void theVotersMarkerIsComparedWithItsCopy() throws IOException {
    Path marker = home.resolve("voter.properties");
    String mine = Files.readString(marker);
    Files.writeString(marker, mine.replace("00000000", "11111111"));
    assertNamed(check(Optional.of(end)), "a marker of another fleet");
    Files.writeString(marker, "fleet=\\u00zz");
    assertNamed(check(Optional.of(end)), "an unreadable marker");
    Files.writeString(marker, mine);
    Files.delete(home.resolve("raft").resolve(VoterIdentity.COPY));
    Findings lost = check(Optional.of(end));
    assertTrue(lost.sound(), "the node comes back under a new name by itself");
    assertFalse(lost.listed().isEmpty());
  }
}
