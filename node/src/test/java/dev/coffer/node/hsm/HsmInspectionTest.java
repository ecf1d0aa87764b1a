package dev.coffer.node.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.FolderLock;
import dev.coffer.node.check.Finding;
import dev.coffer.node.check.Findings;
import dev.coffer.node.check.HsmMemory;
import dev.coffer.node.store.StatedFleet;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an HSM's program says of its home is believed as far as it fits the fleet. */
final class HsmInspectionTest {
  @TempDir Path folder;

  private static ChainValues values(FleetId fleet, long k) {
    Bytes octets = Bytes.copyOf(new byte[32], 0, 32);
    return new ChainValues(fleet, 0, k, octets, octets, octets);
  }

  private static List<String> lines(FleetId fleet, long first, long last, long certified) {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "inspection 1",
            "home present",
            "key present",
            "state present",
            "memory present",
            "partition 0 slot 0 sequence 4",
            "partition 0 slot 1 spoilt",
            "partition 0 image whole"));
    for (long k = first; k <= last; k++) {
      ChainValues values = values(fleet, k);
      lines.add(
          "partition 0 values "
              + String.join(
                  " ",
                  Long.toString(k),
                  fleet.value().hex(),
                  values.head().hex(),
                  values.root().hex(),
                  values.outcomesRoot().hex()));
    }
    lines.add("partition 0 certified " + certified);
    if (certified > 0) {
      Certificate certificate = StatedFleet.certificate(values(fleet, certified));
      CanonicalWriter out = new CanonicalWriter();
      certificate.write(out);
      lines.add("partition 0 certificate " + out.toBytes().hex());
    }
    lines.add("end");
    return lines;
  }

  private static Optional<HsmMemory.Image> read(List<String> lines, Findings findings)
      throws IOException {
    return HsmMemory.of(lines).read(0, StatedFleet.FLEET, findings);
  }

  @Test
  void whatFitsTheFleetIsBelieved() throws IOException {
    Findings findings = new Findings();
    HsmMemory.Image image = read(lines(StatedFleet.FLEET.id(), 5, 12, 10), findings).orElseThrow();
    assertEquals(8, image.ring().size());
    assertEquals(12, image.newest().k());
    assertEquals(10, image.certificate().orElseThrow().values().k());
    assertTrue(findings.sound());
    assertEquals(1, findings.count(Finding.Weight.NOTE), "one slot is spoilt");
  }

  @Test
  void whatDoesNotFitIsDamage() throws IOException {
    FleetId own = StatedFleet.FLEET.id();
    List<String> gap = lines(own, 5, 12, 10);
    gap.remove(10);
    List<String> none = new ArrayList<>(lines(own, 5, 12, 10).subList(0, 7));
    none.addAll(List.of("partition 0 image none", "end"));
    List<List<String>> wrong =
        List.of(
            gap,
            none,
            lines(new FleetId(Bytes.zeros(32)), 5, 12, 0),
            lines(own, 5, 12, 3),
            List.of("inspection 1", "memory present", "end"));
    for (List<String> lines : wrong) {
      Findings findings = new Findings();
      assertTrue(read(lines, findings).isEmpty(), lines.toString());
      assertEquals(1, findings.count(Finding.Weight.DAMAGE), lines.toString());
    }
  }

  @Test
  void aHomeWithoutItsKeyOrItsStateDoesNotStart() throws IOException {
    for (String line : List.of("key", "state")) {
      List<String> lines = lines(StatedFleet.FLEET.id(), 1, 2, 1);
      lines.replaceAll(said -> said.equals(line + " present") ? line + " absent" : said);
      Findings findings = new Findings();
      HsmMemory.of(lines).missing(findings);
      assertFalse(findings.sound(), line);
    }
  }

  @Test
  void whatIsNoInspectionIsRefused() {
    List<String> whole = lines(StatedFleet.FLEET.id(), 1, 2, 1);
    assertThrows(IOException.class, () -> HsmMemory.of(whole.subList(0, whole.size() - 1)));
    List<String> newer = new ArrayList<>(whole);
    newer.set(0, "inspection 2");
    assertThrows(IOException.class, () -> HsmMemory.of(newer));
    for (String bad :
        List.of("partition 0 values 1", "partition 0 values x y z", "partition 0 slot")) {
      List<String> lines = new ArrayList<>(whole);
      lines.add(8, bad);
      assertThrows(IOException.class, () -> read(lines, new Findings()), bad);
    }
  }

  private Path program(String script) throws IOException {
    Path program = folder.resolve("hsm-program");
    Files.writeString(program, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program;
  }

  @Test
  void theProgramHoldsTheHomeUntilTheEnd() throws Exception {
    Path held = folder.resolve("held");
    Path program =
        program(
            "touch " + held + "\necho inspection 1\necho end\ncat >/dev/null\nrm " + held + "\n");
    try (HsmInspection hsm = HsmInspection.open(program, folder)) {
      assertTrue(hsm.memory().isPresent());
      assertTrue(Files.exists(held));
    }
    assertFalse(Files.exists(held));
  }

  @Test
  void theProgramSeesAnHsmsSettingsAndNothingElse() throws Exception {
    Path seen = folder.resolve("seen");
    Path program = program("env >" + seen + "\necho inspection 1\necho end\ncat >/dev/null\n");
    HsmInspection.open(program, folder).close();
    String environment = Files.readString(seen);
    assertTrue(environment.contains("COFFER_HSM_PLANTED=passes"), environment);
    assertFalse(environment.contains("OTHER_PLANTED"), environment);
  }

  @Test
  void aHomeInUseIsSaidToBe() throws IOException {
    Path program = program("exit 75\n");
    assertThrows(HsmInspection.InUse.class, () -> HsmInspection.open(program, folder));
  }

  @Test
  void aHomeThatItsProgramCannotReadIsNotTakenForOneThatNobodyCan() throws IOException {
    for (String script : List.of("exit 70\n", "exit 0\n", "echo inspection 1\nkill -9 $$\n")) {
      Path program = program(script);
      assertThrows(IOException.class, () -> HsmInspection.open(program, folder), script);
    }
  }

  @Test
  void whereTheProgramSaysNothingTheLockIsTakenAllTheSame() throws Exception {
    for (Path program : List.of(program("exit 64\n"), folder.resolve("nothing"))) {
      try (HsmInspection hsm = HsmInspection.open(program, folder)) {
        assertTrue(hsm.memory().isEmpty());
        assertTrue(FolderLock.take(folder.resolve("lock")).isEmpty());
        assertThrows(HsmInspection.InUse.class, () -> HsmInspection.open(program, folder));
      }
      FolderLock.take(folder.resolve("lock")).orElseThrow().close();
    }
  }
}
