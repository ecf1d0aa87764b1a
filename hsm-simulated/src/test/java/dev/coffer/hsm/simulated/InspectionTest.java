package dev.coffer.hsm.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.process.HsmHome;
import dev.coffer.protocol.Samples;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.fleet.FleetId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the memory of an HSM that does not run says of itself. */
final class InspectionTest {
  private static final FleetId ID = Samples.fleet().id();

  @TempDir private Path folder;

  private static List<String> lines(Path home) throws IOException {
    try (Inspection inspection = Inspection.open(home)) {
      return inspection.lines();
    }
  }

  private static ChainValues values(long k) {
    return new ChainValues(ID, 3, k, Samples.digest((int) k), Samples.digest(2), Samples.digest(9));
  }

  private static String line(long k) {
    return "partition 3 values "
        + k
        + " "
        + ID.value().hex()
        + " "
        + Samples.digest((int) k).hex()
        + " "
        + Samples.digest(2).hex()
        + " "
        + Samples.digest(9).hex();
  }

  private static Certificate certificate(long k) {
    return Certificate.of(
        IntStream.of(1, 2)
            .mapToObj(i -> Statement.sign(values(k), i, Samples.statementSeed(i)))
            .toList());
  }

  /** As {@code ChainState} writes it, whose own tests hold it still. */
  private static Bytes image(long from, long to, Certificate... certificate) {
    CanonicalWriter out = new CanonicalWriter().u8(1).u8((int) (to - from + 1));
    for (long k = from; k <= to; k++) {
      values(k).write(out);
    }
    out.bool(certificate.length > 0);
    List.of(certificate).forEach(each -> each.write(out));
    return out.toBytes();
  }

  private List<String> ofPartition() throws IOException {
    return lines(folder).stream()
        .filter(line -> line.startsWith("partition "))
        .map(line -> line.replaceFirst("^partition 3 ", ""))
        .toList();
  }

  @Test
  void anAbsentHomeStaysAbsent() throws Exception {
    Path home = folder.resolve("none");
    assertEquals(
        List.of(
            "inspection 1", "home absent", "key absent", "state absent", "memory absent", "end"),
        lines(home));
    assertFalse(Files.exists(home));
  }

  @Test
  void aHomeIsDescribedLineByLine() throws Exception {
    try (FilePlatform platform = new FilePlatform(folder)) {
      new HsmCore(platform);
      platform.nvram().write(3, image(5, 5));
      platform.nvram().write(3, image(5, 7, certificate(6)));
    }
    Files.createFile(folder.resolve("nvram").resolve("partition-03"));
    List<String> lines = lines(folder);
    assertEquals(
        List.of(
            "inspection 1",
            "home present",
            "key present",
            "state present",
            "memory present",
            "partition 3 slot 0 sequence 1",
            "partition 3 slot 1 sequence 2",
            "partition 3 image whole",
            line(5),
            line(6),
            line(7),
            "partition 3 certified 6"),
        lines.subList(0, 12));
    String[] words = lines.get(12).split(" ");
    assertEquals(List.of("partition", "3", "certificate"), List.of(words).subList(0, 3));
    CanonicalReader in = new CanonicalReader(Bytes.fromHex(words[3]));
    assertEquals(certificate(6), Certificate.read(in));
    in.end();
    assertEquals(List.of("end"), lines.subList(13, lines.size()));
  }

  @Test
  void damageIsTold() throws Exception {
    new FileNvram(folder.resolve("nvram")).write(3, image(5, 5));
    assertEquals(
        List.of("slot 0 sequence 1", "slot 1 blank", "image whole"), ofPartition().subList(0, 3));
    assertEquals(List.of("certified 0"), ofPartition().subList(4, 5));
    Path file = folder.resolve("nvram").resolve("partition-3");
    byte[] octets = Files.readAllBytes(file);
    octets[40] ^= 1;
    Files.write(file, octets);
    assertEquals(List.of("slot 0 spoilt", "slot 1 blank", "image none"), ofPartition());
    Files.write(file, new byte[0]);
    assertEquals(List.of("slot 0 blank", "slot 1 blank", "image none"), ofPartition());
    Files.delete(file);
    assertEquals(List.of(), ofPartition());
    new FileNvram(folder.resolve("nvram")).write(3, Bytes.fromHex("0101"));
    assertEquals(List.of("slot 0 sequence 1", "slot 1 blank", "image TRUNCATED"), ofPartition());
    CanonicalWriter other = new CanonicalWriter().u8(1).u8(1);
    new ChainValues(ID, 4, 1, Samples.digest(1), Samples.digest(2), Samples.digest(3)).write(other);
    new FileNvram(folder.resolve("nvram")).write(3, other.bool(false).toBytes());
    assertEquals(
        List.of("slot 0 sequence 1", "slot 1 sequence 2", "image WRONG_ADDRESSEE"), ofPartition());
  }

  private record Run(int status, String out, String err) {}

  private static Run run(InputStream hostsEnd, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<Integer> status = new ArrayList<>();
    new HsmProcess(
            hostsEnd,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            status::add)
        .run(arguments);
    return new Run(
        status.getFirst(),
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void theProgramHoldsTheHomeUntilItsInputEnds() throws Exception {
    new FilePlatform(folder).close();
    List<Boolean> free = new ArrayList<>();
    InputStream hostsEnd =
        new InputStream() {
          @Override
          public int read() throws IOException {
            try {
              new FilePlatform(folder).close();
              free.add(true);
            } catch (HsmHome.InUse e) {
              free.add(false);
            }
            return -1;
          }
        };
    Run run = run(hostsEnd, "inspect", folder.toString());
    assertEquals(0, run.status());
    assertEquals(lines(folder), run.out().lines().toList());
    assertEquals("", run.err());
    assertEquals(List.of(false), free);
    new FilePlatform(folder).close();
  }

  @Test
  void aHomeInUseOrUnreadableIsToldByTheStatus() throws Exception {
    InputStream ended = new ByteArrayInputStream(new byte[0]);
    try (FilePlatform other = new FilePlatform(folder)) {
      assertThrows(HsmHome.InUse.class, () -> Inspection.open(folder));
      Run run = run(ended, "inspect", folder.toString());
      assertEquals(75, run.status());
      assertEquals("", run.out());
      assertTrue(run.err().contains("in use by another HSM process"), other.model());
    }
    Files.createDirectory(folder.resolve("nvram").resolve("partition-1"));
    Run run = run(ended, "inspect", folder.toString());
    assertEquals(70, run.status());
    assertEquals("coffer-hsm: the home cannot be read: java.io.IOException", run.err().strip());
    assertEquals(
        "coffer-hsm stopped: java.nio.file.InvalidPathException",
        run(ended, "inspect", "a\0b").err().strip());
  }
}
