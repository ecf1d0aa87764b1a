package dev.coffer.verification.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.attestation.NotAttested;
import dev.coffer.attestation.TpmEvidence;
import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.hsm.tpm.harness.Swtpm;
import dev.coffer.node.fleet.LoopbackFleet;
import dev.coffer.node.fleet.ProcessFleet;
import dev.coffer.node.fleet.ProcessFleet.HsmKind;
import dev.coffer.pkcs11.harness.SoftHsm;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.protocol.fleet.HsmPromises.Keys;
import dev.coffer.protocol.fleet.HsmPromises.Memory;
import dev.coffer.protocol.fleet.HsmPromises.Voucher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two members on PKCS#11 tokens, two on TPMs, one on plain files: founded, used, killed, switched
 * off and put back. What a wrong guess costs is counted once, whoever forgets it.
 */
@Tag("long")
class MixedFleetTest {
  private static final String CODE = "468391";

  @TempDir private Path folder;
  private final Map<Integer, Swtpm> chips = new HashMap<>();
  private final BackupSecret secret = BackupSecret.generate(Randomness.system());

  @AfterEach
  void switchOff() throws IOException {
    for (Swtpm chip : chips.values()) {
      chip.close();
    }
  }

  private HsmKind prepare(int node, Path home) throws Exception {
    switch (node) {
      case 1, 2 -> {
        SoftHsm tokens = new SoftHsm(folder.resolve("tokens-" + node));
        tokens.insert("member");
        Files.write(
            home.resolve("token.settings"),
            List.of(
                "library = " + SoftHsm.LIBRARY,
                "token = member",
                "environment = SOFTHSM2_CONF=" + tokens.conf(),
                "pin-file = " + tokens.pin("pin", "1234")));
        return new HsmKind("dev.coffer.hsm.pkcs11.TokenHsm");
      }
      case 3, 4 -> {
        Swtpm chip = new Swtpm(folder.resolve("tpm-" + node));
        chips.put(node, chip);
        chip.start();
        Files.write(
            home.resolve("tpm.settings"),
            List.of("tpm = " + chip.place(), "anchor-every = " + (node == 3 ? 1 : 64)));
        return new HsmKind("dev.coffer.hsm.tpm.TpmHsm");
      }
      default -> {
        return new HsmKind("dev.coffer.hsm.simulated.HsmProcess");
      }
    }
  }

  private static RecoveryCode code(String text) throws Exception {
    return RecoveryCode.typed(text.toCharArray());
  }

  /** Asks until the fleet answers: the same request each time, which costs one guess in all. */
  private static Recovery recovery(ProcessFleet fleet, String text) throws Exception {
    ClientMemory memory = LoopbackFleet.memory();
    Recovery end = fleet.client("alice", memory).recover(Slot.CODE, code(text));
    for (int i = 0; i < 20 && again(end); i++) {
      end = fleet.client("alice", memory).recover(Slot.CODE, code(text));
    }
    return end;
  }

  private static boolean again(Recovery end) {
    return end instanceof Recovery.TryAgain || end instanceof Recovery.Unconfirmed;
  }

  private void recovers(ProcessFleet fleet) throws Exception {
    Recovery.Recovered recovered =
        assertInstanceOf(Recovery.Recovered.class, recovery(fleet, CODE));
    assertTrue(recovered.secret().sameAs(secret));
  }

  private static int guessesLeftAfterAWrongOne(ProcessFleet fleet) throws Exception {
    return assertInstanceOf(Recovery.WrongCode.class, recovery(fleet, "000000")).guessesLeft();
  }

  private static void start(ProcessFleet fleet, int... nodes) throws IOException {
    for (int node : nodes) {
      fleet.spawn(node);
    }
    for (int node : nodes) {
      fleet.awaitReady(node);
    }
  }

  private Path hsm(int node) {
    return folder.resolve("fleet").resolve("node-" + node).resolve("hsm");
  }

  private static Map<Path, byte[]> files(Path home) throws IOException {
    Map<Path, byte[]> files = new HashMap<>();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(file, Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static void putBack(Map<Path, byte[]> files) throws IOException {
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      Files.write(file.getKey(), file.getValue());
    }
  }

  @Test
  void aMixedFleetEnrolsRecoversAndLosesNothing() throws Exception {
    assumeTrue(SoftHsm.here(), SoftHsm.SKIP);
    assumeTrue(Swtpm.here(), Swtpm.SKIP);
    try (ProcessFleet fleet = new ProcessFleet(folder.resolve("fleet"), 5, 3, this::prepare)) {
      promises(fleet);
      start(fleet, 1, 2, 3, 4, 5);
      assertInstanceOf(
          Enrolment.Enrolled.class,
          fleet
              .client("alice", LoopbackFleet.memory())
              .enrol(Slot.CODE, code(CODE), secret, Authority.none()));
      recovers(fleet);
      Map<Path, byte[]> token = files(hsm(1).resolve("nvram"));
      Map<Path, byte[]> tpm = files(hsm(3));
      assertEquals(9, guessesLeftAfterAWrongOne(fleet));

      // One of each kind is killed; the TPM's machine is switched off as well. Four have to answer
      // before a client believes that a code is wrong.
      fleet.kill(1);
      assertEquals(8, guessesLeftAfterAWrongOne(fleet));
      start(fleet, 1);
      fleet.kill(3);
      chips.get(3).restart();
      assertEquals(7, guessesLeftAfterAWrongOne(fleet), "the one that came back counts with them");
      start(fleet, 3);

      // A token's memory is put back to before all these guesses: the others tell it.
      fleet.kill(1);
      putBack(token);
      start(fleet, 1);
      fleet.kill(5);
      assertEquals(6, guessesLeftAfterAWrongOne(fleet));
      start(fleet, 5);

      // A TPM's memory is put back: its HSM refuses, the others serve; the newest is taken again.
      fleet.kill(3);
      Map<Path, byte[]> newest = files(hsm(3));
      putBack(tpm);
      fleet.spawn(3);
      IOException refused = assertThrows(IOException.class, () -> fleet.awaitReady(3));
      assertTrue(refused.getMessage().contains("older than the TPM knows"), refused.getMessage());
      fleet.kill(3);
      assertEquals(5, guessesLeftAfterAWrongOne(fleet));
      putBack(newest);
      start(fleet, 3);
      recovers(fleet);
    }
  }

  private static void promises(ProcessFleet fleet) throws Exception {
    List<HsmIdentity> hsms = fleet.fleet().hsms();
    List<String> models = new ArrayList<>();
    hsms.forEach(hsm -> models.add(hsm.model()));
    assertEquals(
        List.of(
            "SIMULATED PKCS#11 token",
            "SIMULATED PKCS#11 token",
            "SIMULATED TPM 2.0 IBM SW TPM",
            "SIMULATED TPM 2.0 IBM SW TPM",
            "SIMULATED software HSM"),
        models);
    assertEquals(
        List.of(
            new HsmPromises(Keys.SEALED, Memory.UNNOTICED, Voucher.NOBODY),
            new HsmPromises(Keys.SEALED, Memory.UNNOTICED, Voucher.NOBODY),
            new HsmPromises(Keys.SEALED, Memory.MONOTONIC, Voucher.DEVICE),
            new HsmPromises(Keys.SEALED, Memory.ANCHORED, Voucher.DEVICE),
            HsmPromises.NONE),
        hsms.stream().map(HsmPromises::of).toList());
    TpmEvidence third = TpmEvidence.verify(hsms.get(2));
    TpmEvidence fourth = TpmEvidence.verify(hsms.get(3));
    assertNotEquals(third.key(), fourth.key(), "each TPM has a key of its own");
    assertEquals(third.pcrDigest(), fourth.pcrDigest(), "both machines started the same way");
    // 1 selection, SHA-256, 3 octets: PCRs 0, 2, 4, 7.
    assertEquals(Bytes.fromHex("00000001000b03950000"), third.selection());
    // Evidence of one member is none for another.
    HsmIdentity borrowed = hsms.get(3).attesting(hsms.get(2).attestation());
    assertThrows(NotAttested.class, () -> TpmEvidence.verify(borrowed));
    assertThrows(NotAttested.class, () -> TpmEvidence.verify(hsms.get(0)));
    assertFalse(hsms.get(2).attestation().size() > 2048);
  }
}
