package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code coffer audit monitor} against every kind of wrong log, with a receiver of its alerts that
 * fails first and then answers.
 */
@Tag("long")
class MonitorTest {
  private static final String DAY = Long.toString(TransparencyWorld.DAY);

  /** Of a device, good for the first day of 2020. */
  private static final String ENDED =
      """
      -----BEGIN CERTIFICATE-----
      MIHiMIGVoAMCAQICAQUwBQYDK2VwMBExDzANBgNVBAMMBlZlbmRvcjAeFw0yMDAx
      MDEwMDAwMDBaFw0yMDAxMDIwMDAwMDBaMBMxETAPBgNVBAMMCGRldmljZSA1MCow
      BQYDK2VwAyEACQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQmjEDAOMAwG
      A1UdEwEB/wQCMAAwBQYDK2VwA0EARE/5Y1s415JgfoM80xJQULbRulE27PWI5znB
      EZZCJbUbUHa24ZooXGsiSICAuIMze7JTSMLgaTbFZoTGfjCNBg==
      -----END CERTIFICATE-----
      """;

  /** Of that device, good until 2049. */
  private static final String COUNTING =
      """
      -----BEGIN CERTIFICATE-----
      MIHiMIGVoAMCAQICAQUwBQYDK2VwMBExDzANBgNVBAMMBlZlbmRvcjAeFw0yMDAx
      MDEwMDAwMDBaFw00OTAxMDEwMDAwMDBaMBMxETAPBgNVBAMMCGRldmljZSA1MCow
      BQYDK2VwAyEACQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQmjEDAOMAwG
      A1UdEwEB/wQCMAAwBQYDK2VwA0EA8EQHMwp55QyD1wRjr41xHmptl/TQqT2hHNK1
      xExk/Fx1UhbqwFveUCLElQQihrrxIzhsfvKeSEbCvq5hDKofBQ==
      -----END CERTIFICATE-----
      """;

  /** Of its vendor. */
  private static final String VENDOR =
      """
      -----BEGIN CERTIFICATE-----
      MIHjMIGWoAMCAQICAQEwBQYDK2VwMBExDzANBgNVBAMMBlZlbmRvcjAeFw0yMDAx
      MDEwMDAwMDBaFw00OTAxMDEwMDAwMDBaMBExDzANBgNVBAMMBlZlbmRvcjAqMAUG
      AytlcAMhAOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIsoxMwETAPBgNV
      HRMBAf8EBTADAQH/MAUGAytlcANBAJuvVBrwNRb/139dEtgrGikYsVfkeNURJ2Mn
      hmc6K54C5RSDkOz6t1SGb5vl4jHrp57XKZRrXUA9VAPhsY83Tw4=
      -----END CERTIFICATE-----
      """;

  /** That vendor revokes both. */
  private static final String REVOKING =
      """
      -----BEGIN X509 CRL-----
      MIGdMFECAQEwBQYDK2VwMBExDzANBgNVBAMMBlZlbmRvchcNMjAwMTAxMDAwMDAw
      WhcNNDkwMTAxMDAwMDAwWjAUMBICAQUXDTIwMDEwMTAwMDAwMFowBQYDK2VwA0EA
      WjTYNtF3+Rxg/0bIUN+4WnT0LsHW9kvw+IrHLEzI6zS2oHYPe4a8htxD5SQ0C7hr
      0ujA9udKXxX+fKUdXWFfCg==
      -----END X509 CRL-----
      """;

  @TempDir private Path directory;
  private AuditWorld world;

  @BeforeEach
  void open() throws IOException {
    world = new AuditWorld(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** The first look, which tells of the first leaf. */
  private void looked() {
    world.monitor("--once").exits(0).says("NEW_LEAF Epoch 1");
    world.posted.clear();
  }

  /** Signed by the log, with none of its witnesses. */
  private TransparencyWorld fork(int size) {
    TransparencyWorld fork = new TransparencyWorld();
    world.now += 60;
    while (fork.leaves().size() < size) {
      world.publish(fork);
    }
    return fork;
  }

  private List<Path> evidence() throws IOException {
    Path evidence = world.copy.resolve("evidence");
    if (!Files.exists(evidence)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(evidence)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private void assertEvidence(Note before, Note shown) throws IOException {
    List<Path> files = evidence();
    assertEquals(
        List.of("before", "fork", "shown"),
        files.stream().map(file -> file.getFileName().toString()).toList());
    assertEquals(before.toText(), Files.readString(files.get(0)));
    assertEquals(shown.toText(), Files.readString(files.get(2)));
  }

  @Test
  void leavesAreToldOnceTheReceiverHasThem() {
    world.webhookStatuses.addAll(List.of(500, 302));
    world.publish(world.honest);
    world.show(world.honest);
    world.monitor("--once").exits(7).says("NEW_LEAF Epoch 1").warns("UNHEARD");
    world.monitor("--once").exits(7).says("NEW_LEAF Epoch 1").warns("UNHEARD");
    CommandLineUser.Ran heard = world.monitor("--once").exits(0);
    heard.says("NEW_LEAF Epoch 1").says("NEW_LEAF Epoch 2");
    assertEquals(4, world.posted.size());
    for (AuditWorld.Posted alert : world.posted) {
      assertEquals("application/json", alert.type());
    }
    assertTrue(world.posted.get(3).body().contains("\"about\":\"2\""), world.posted.toString());
    assertEquals("", world.monitor("--once").exits(0).out());
    assertEquals(4, world.posted.size());
  }

  @Test
  void leavesAreNeitherLostNorRepeatedInBetween() {
    world.publish(world.honest);
    world.publish(world.honest);
    world.show(world.honest);
    // The second leaf does not arrive: the third waits for it.
    world.webhookStatuses.addAll(List.of(200, 500));
    world.monitor("--once").exits(7);
    world.monitor("--once").exits(0);
    assertEquals(
        List.of("1", "2", "2", "3"),
        world.posted.stream()
            .map(alert -> alert.body().replaceAll("(?s).*\"about\":\"(\\d+)\".*", "$1"))
            .toList());
  }

  @Test
  void aLongerForkAlarms() throws IOException {
    looked();
    Note before = world.checkpoint;
    fork(3);
    world.monitor("--once").exits(8).says("FORK");
    assertEquals(List.of("FORK"), world.kinds());
    assertEvidence(before, world.checkpoint);
  }

  @Test
  void aShorterForkAlarms() throws IOException {
    world.publish(world.honest);
    world.show(world.honest);
    world.monitor("--once").exits(0);
    Note before = world.checkpoint;
    fork(1);
    world.monitor("--once").exits(8).says("FORK");
    assertEvidence(before, world.checkpoint);
  }

  @Test
  void aForkOfTheSameSizeAlarms() throws IOException {
    looked();
    Note before = world.checkpoint;
    fork(1);
    world.monitor("--once").exits(8).says("FORK");
    assertEvidence(before, world.checkpoint);
  }

  @Test
  void aForkThatWasShownOnceIsToldUntilSomebodyHasIt() throws IOException {
    looked();
    fork(2);
    world.webhookStatuses.addAll(List.of(500));
    world.monitor("--once").exits(8).warns("UNHEARD");
    world.show(world.honest);
    // Another process, and the log is as it should be again.
    world.webhookStatuses.addAll(List.of(500));
    world.monitor("--once").exits(8).says("FORK");
    world.monitor("--once").exits(8).says("FORK");
    assertEquals(List.of("FORK", "FORK", "FORK"), world.kinds());
    world.monitor("--once").exits(0);
  }

  @Test
  void anAlarmEndsTheMonitorOnceItIsHeard() {
    looked();
    world.whileWaiting.add(() -> {});
    world.whileWaiting.add(() -> fork(2));
    world.webhookStatuses.addAll(List.of(503));
    world.monitor("--every", "300").exits(8).warns("UNHEARD");
    assertEquals(List.of("FORK", "FORK"), world.kinds());
    assertEquals(3, world.waits);
  }

  @Test
  void aSilencedReceiverDoesNotSilenceTheExitCode() {
    looked();
    fork(2);
    for (int i = 0; i < 100; i++) {
      world.webhookStatuses.add(500);
    }
    world.monitor("--every", "300").exits(8);
    assertEquals(2, world.waits);
  }

  @Test
  void anOldCacheIsNoAlarm() throws IOException {
    Note old = world.checkpoint;
    world.publish(world.honest);
    world.show(world.honest);
    world.monitor("--once").exits(0);
    world.checkpoint = old;
    assertEquals("", world.monitor("--once").exits(0).out());
    assertEquals(List.of(), evidence());
  }

  @Test
  void garbledTilesAreNoFork() throws IOException {
    looked();
    world.publish(world.honest);
    world.show(world.honest);
    world.garbled = true;
    CommandLineUser.Ran ran = world.monitor("--once").exits(8).says("BROKEN");
    assertFalse(ran.out().contains("FORK"), ran.toString());
    assertFalse(ran.out().contains("evidence"), ran.toString());
    world.garbled = false;
    world.monitor("--once").exits(0).says("NEW_LEAF Epoch 2");
    assertEquals(List.of(), evidence());
  }

  @Test
  void anUnreadableLogGrowsOldAndThenStale() {
    looked();
    world.logDown = true;
    long start = world.now;
    CommandLineUser.Ran ran = world.monitor("--every", DAY).exits(8);
    ran.warns("UNREACHABLE").says("AGING").says("STALE");
    assertEquals(List.of("AGING", "STALE"), world.kinds(), "it grows old once");
    long age = world.now - start;
    assertTrue(age > TrustPolicy.MAX_AGE_HARD, ran.toString());
    assertTrue(age <= TrustPolicy.MAX_AGE_HARD + TransparencyWorld.DAY, ran.toString());
    // A new process knows it, too; and so does one that cannot write.
    world.monitor("--once").exits(8).says("STALE");
  }

  @Test
  void aLogThatWasNeverReadGetsStale() {
    world.logDown = true;
    world.monitor("--every", DAY).exits(8).says("STALE");
    assertEquals(List.of("AGING", "STALE"), world.kinds());
    world.monitor("--once").exits(8).says("STALE");
  }

  @Test
  void aDirectoryThatCannotBeWrittenGetsStale() throws IOException {
    Files.writeString(world.copy, "in the way");
    world.monitor("--every", DAY).exits(8).warns("directory cannot be used").says("STALE");
  }

  @Test
  void unreadableOnceSaysTryAgain() {
    looked();
    world.logDown = true;
    world.monitor("--once").exits(7).warns("The log cannot be read");
  }

  @Test
  void aLogThatWitnessesLeftGetsStale() {
    looked();
    world.whileWaiting.add(() -> world.publish(world.honest));
    CommandLineUser.Ran ran = world.monitor("--every", DAY).exits(8);
    ran.warns("Too few witnesses").says("AGING").says("STALE");
    assertEquals(List.of("AGING", "STALE"), world.kinds());
  }

  @Test
  void freshCosignaturesEndTheAgeing() {
    looked();
    world.now += TrustPolicy.MAX_AGE_SOFT + 1;
    world.monitor("--once").exits(0).says("AGING");
    assertEquals("", world.monitor("--once").exits(0).out());
    world.show(world.honest);
    assertEquals("", world.monitor("--once").exits(0).out());
    world.now += TrustPolicy.MAX_AGE_SOFT + 1;
    world.monitor("--once").exits(0).says("AGING");
  }

  @Test
  void cosignaturesFromTheFutureDoNotKeepItFresh() {
    world.checkpoint = world.honest.cosigned(world.now + TransparencyWorld.DAY);
    world.monitor("--once").exits(8).says("BROKEN").says("future");
  }

  @Test
  void aLeafOfAnotherNotaryAlarms() {
    looked();
    world.honest.append(
        BundleNote.sign(
            world.next(world.honest), TestKeys.signer("notary.example/2"), world.honest.operator));
    world.show(world.honest);
    world.monitor("--once").exits(8).says("UNKNOWN_KEY Epoch 2");
    assertEquals(List.of("UNKNOWN_KEY"), world.kinds());
  }

  @Test
  void aCheckpointOfAnotherLogAlarms() {
    looked();
    String text =
        new Checkpoint("other.example/log", 1, world.honest.leaves().get(0).slice(0, 32)).text();
    world.checkpoint = Note.sign(text, TestKeys.signer("other.example/log"));
    world.monitor("--once").exits(8).says("UNKNOWN_KEY");
    assertEquals(List.of("UNKNOWN_KEY"), world.kinds());
  }

  @Test
  void aLeafThatDoesNotFollowAlarms() {
    looked();
    world.honest.append(
        BundleNote.sign(
            new TransparencyWorld().next(world.now), world.honest.notary, world.honest.operator));
    world.show(world.honest);
    world.monitor("--once").exits(8).says("BROKEN Epoch 2");
  }

  /** Logs that a fleet has other evidence than before, and gives its id. */
  private String changeEvidence() {
    ListedFleet before = world.next(new TransparencyWorld()).fleets().get(0);
    ListedFleet after =
        new ListedFleet(before.id(), before.state(), Bytes.zeros(32), before.members());
    world.honest.publish(world.honest.next(world.now, after));
    world.show(world.honest);
    return before.id().value().hex();
  }

  /** Packages are large and HSMs slow: when they are looked at, the receiver has the rest. */
  @Test
  void alarmsAreToldBeforeEvidenceIsLookedAt() throws IOException {
    looked();
    String unused = changeEvidence();
    Path shelf = Files.createDirectory(directory.resolve("shelf"));
    world.whenPosted =
        alert -> {
          if (alert.contains("EVIDENCE_CHANGED")) {
            assertTrue(shelf.toFile().delete());
          }
        };
    world
        .monitor("--once", "--evidence", shelf.toString())
        .exits(8)
        .says("NO_EVIDENCE fleet ")
        .says("its evidence cannot be looked at now: ");
    assertEquals(List.of("EVIDENCE_CHANGED", "NEW_LEAF", "NO_EVIDENCE"), world.kinds());
  }

  @Test
  void otherEvidenceThanBeforeAlarmsOnce() {
    looked();
    String fleet = changeEvidence();
    world
        .monitor("--once")
        .exits(8)
        .says("EVIDENCE_CHANGED Epoch 2 names other evidence of fleet " + fleet);
    assertEquals(List.of("EVIDENCE_CHANGED", "NEW_LEAF"), world.kinds());
    world.monitor("--once").exits(0);
  }

  /** It lasts, as the gap does. */
  @Test
  void aFleetWithoutEvidenceAlarms() throws IOException {
    String shelf = Files.createDirectory(directory.resolve("shelf")).toString();
    for (int look = 0; look < 2; look++) {
      world
          .monitor("--once", "--evidence", shelf)
          .exits(8)
          .says("NO_EVIDENCE fleet ")
          .says("there is no evidence sha256:");
    }
    world.monitor("--once").exits(0);
    world
        .monitor("--once", "--evidence", directory.resolve("nowhere").toString())
        .exits(2)
        .warns("There is no directory");
  }

  /** Logs a fleet whose package holds little more than these certificates; gives the shelf. */
  private String onTheShelf(String chain) throws IOException {
    String zeros = "00".repeat(32);
    String manifest =
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],"
            + "\"predicateType\":\"urn:coffer:evidence:v1\",\"predicate\":{\"fleet\":\""
            + zeros
            + "\",\"ceremony\":\"pilot\",\"hsms\":3,\"threshold\":2,\"captureQuorum\":2,"
            + "\"partitions\":1,\"guessLimit\":10,\"replaceByLogin\":true,\"deleteByLogin\":false,"
            + "\"measurement\":\""
            + zeros
            + "\",\"simulated\":true,\"members\":[],\"exceptions\":[]}}\n";
    Path there = Files.createDirectories(directory.resolve("shelf/one/evidence"));
    Files.writeString(there.resolve("manifest.json"), manifest);
    Files.writeString(there.resolve("attestation-1.chain.pem"), chain);
    ListedFleet before = world.next(new TransparencyWorld()).fleets().get(0);
    Bytes evidence = Hashes.sha256(Bytes.wrap(Files.readAllBytes(there.resolve("manifest.json"))));
    world.honest.publish(
        world.honest.next(
            world.now, new ListedFleet(before.id(), before.state(), evidence, before.members())));
    world.show(world.honest);
    return directory.resolve("shelf").toString();
  }

  /** It is told beside what else is wrong with that package. */
  @Test
  void aCertificateOfADeviceThatHasEndedAlarms() throws IOException {
    world
        .monitor("--once", "--evidence", onTheShelf(ENDED + VENDOR))
        .exits(8)
        .says("CERTIFICATE_ENDED fleet ")
        .says("HSM 1: certificate 5 ended at 2020-01-02T00:00:00Z");
  }

  /** By a list that is newer than the package, and than the monitor's start. */
  @Test
  void listsOfRevokedCertificatesAreReadAtEveryLook() throws IOException {
    String shelf = onTheShelf(COUNTING + VENDOR);
    Path list = Files.createFile(directory.resolve("list.pem"));
    String there = list.toString();
    CommandLineUser.Ran before =
        world.monitor("--once", "--evidence", shelf, "--revoked", there).exits(8);
    assertFalse(before.out().contains("CERTIFICATE_ENDED"), before.toString());
    world.webhookStatuses.addAll(List.of(500, 500, 500, 500, 500, 500, 500, 500));
    world.whileWaiting.add(() -> write(list, REVOKING));
    world
        .monitor("--every", "300", "--evidence", shelf, "--revoked", there)
        .exits(8)
        .says("CERTIFICATE_ENDED fleet ")
        .says("HSM 1: certificate 5 is revoked");
    Files.delete(list);
    world
        .monitor("--once", "--evidence", shelf, "--revoked", there)
        .exits(8)
        .says("CERTIFICATE_ENDED the lists of revoked certificates cannot be read: There is no");
    world.monitor("--once", "--revoked", there).exits(2).warns("--evidence");
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whereNothingCanBePostedIsSaidAtTheStart() {
    for (String bad : List.of("alerts.example/hook", "ftp://alerts.example/hook", "http:///hook")) {
      world
          .run("audit", "monitor", "--once", "--dir", world.copy.toString(), "--webhook", bad)
          .exits(2)
          .warns("--webhook");
      assertFalse(Files.exists(world.copy), "it has not looked");
    }
  }

  @Test
  void everyAlertIsALineOfJson() {
    CommandLineUser.Ran ran = world.monitor("--once", "--json").exits(0);
    assertEquals(ran.out(), world.posted.get(0).body());
  }
}
