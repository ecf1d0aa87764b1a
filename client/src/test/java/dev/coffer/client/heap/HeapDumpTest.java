package dev.coffer.client.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.request.Request;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After use, neither a code nor K is in the heap of a client, nor a blind, an unblinded evaluation,
 * what the code was stretched to, an ephemeral key or a session's secret; garbage included: no
 * collection runs before the dump, so every copy that was ever made and not overwritten is still
 * there to be found.
 */
@Tag("long")
class HeapDumpTest {
  private static final long SEED = 20_261_121;

  /** Longer than any needle. */
  private static final int OVERLAP = 128;

  private static ClientSecrets secrets;

  @TempDir Path folder;

  @BeforeAll
  static void workOut() throws Exception {
    secrets = ClientSecrets.of(SEED);
  }

  @Test
  void neitherCodesNorTheKeyNorWhatLedThereStaysBehind() throws Exception {
    Path dump = folder.resolve("all.hprof");
    run(dump, "all");
    Map<String, Bytes> needles = needles();
    assertTrue(needles.size() > 150, "needles: " + needles.size());
    assertEquals(Set.of(), found(dump, needles));
  }

  /** INV-1: not even the HSM that opens a message finds a secret in it. */
  @Test
  void noSecretIsInWhatLeavesTheDevice() throws Exception {
    List<Request> sent = secrets.sent();
    Map<String, Bytes> needles = needles();
    assertEquals(6, sent.size(), "two for a registration, two for each code");
    Path file = folder.resolve("sent");
    for (Request request : sent) {
      Files.write(file, request.encode().toByteArray());
      assertEquals(Set.of(), found(file, needles), request.type().toString());
    }
  }

  /** A client that erases nothing: every kind of secret is found. */
  @Test
  void plantedLeaksAreFound() throws Exception {
    Path classes = folder.resolve("classes");
    for (String file : List.of("crypto/SecretBytes", "curve/CurveScalar", "curve/EdwardsPoint")) {
      compileWithoutErasing(file, classes);
    }
    Path dump = folder.resolve("leaky.hprof");
    run(dump, "all", classes + File.pathSeparator);
    Set<String> found = found(dump, needles());
    for (String secret :
        List.of(
            "right code in octets",
            "wrong code in octets",
            "K",
            "evaluation 0, drawn blind",
            "evaluation 1, blind",
            "evaluation 2, blind as limbs",
            "evaluation 2, inverse blind as limbs",
            "evaluation 0, hashed code, x",
            "evaluation 1, unblinded, y",
            "evaluation 1, OPRF output",
            "evaluation 2, stretched",
            "evaluation 0, authentication seed",
            "ephemeral key 0")) {
      assertTrue(found.contains(secret), secret + " is not among " + found);
    }
    for (String end : List.of(", agreed", ", exporter secret")) {
      assertTrue(found.stream().anyMatch(name -> name.endsWith(end)), end);
    }
  }

  /** Compiles a source of the protocol whose erasing methods do nothing. */
  private static void compileWithoutErasing(String file, Path classes) throws Exception {
    Path source =
        Path.of("..", "protocol", "src", "main", "java", "dev", "coffer", "protocol")
            .resolve(file + ".java");
    String text = Files.readString(source);
    String changed =
        text.replaceAll("(void (destroy|wipe)\\(\\) \\{)[^}]*\\}", "$1}")
            .replaceAll("(void close\\(\\) \\{)[^}]*\\}", "$1}");
    assertTrue(!changed.equals(text), file);
    Path copy = classes.resolve("dev/coffer/protocol").resolve(file + ".java");
    Files.createDirectories(copy.getParent());
    Files.writeString(copy, changed);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-nowarn",
                "-classpath",
                classPath(),
                "-d",
                classes.toString(),
                copy.toString());
    assertEquals(0, status);
  }

  /** That the search would find something: what the device keeps on purpose is there. */
  @Test
  void theSearchFindsWhatIsThere() throws Exception {
    Path dump = folder.resolve("live.hprof");
    run(dump, "live");
    Bytes kept = Bytes.wrap("MINI SIMULATED".getBytes(StandardCharsets.US_ASCII));
    assertEquals(Set.of("model"), found(dump, Map.of("model", kept)));
  }

  private static Map<String, Bytes> needles() {
    Map<String, Bytes> needles = new LinkedHashMap<>(secrets.needles());
    for (long seed : new long[] {SEED, SEED + 2}) {
      String code = new String(HeapDumpProgram.code(seed));
      String which = seed == SEED ? "right code" : "wrong code";
      needles.put(which + " in octets", Bytes.wrap(code.getBytes(StandardCharsets.US_ASCII)));
      needles.put(which + " in chars", Bytes.wrap(code.getBytes(StandardCharsets.UTF_16BE)));
    }
    needles.put("K", Bytes.wrap(HeapDumpProgram.secret(SEED)));
    return needles;
  }

  /** A young generation that holds everything: no collection, no moved copies. */
  private static void run(Path dump, String which) throws Exception {
    run(dump, which, "");
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static void run(Path dump, String which, String before) throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx768m",
                "-Xmn600m",
                "-classpath",
                before + classPath(),
                HeapDumpProgram.class.getName(),
                Long.toString(SEED),
                dump.toString(),
                which)
            .inheritIO()
            .start();
    assertTrue(program.waitFor(5, TimeUnit.MINUTES));
    assertEquals(0, program.exitValue());
  }

  private static Set<String> found(Path dump, Map<String, Bytes> needles) throws IOException {
    Map<Integer, List<Map.Entry<String, Bytes>>> byStart =
        needles.entrySet().stream().collect(Collectors.groupingBy(e -> start(e.getValue())));
    Set<String> names = new TreeSet<>();
    byte[] window = new byte[(1 << 20) + OVERLAP];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(dump))) {
      int kept = 0;
      for (int read = in.readNBytes(window, 0, 1 << 20);
          read > 0;
          read = in.readNBytes(window, kept, 1 << 20)) {
        int end = kept + read;
        scan(window, end, byStart, names);
        kept = Math.min(OVERLAP, end);
        System.arraycopy(window, end - kept, window, 0, kept);
      }
    }
    return names;
  }

  private static int start(Bytes needle) {
    return needle.at(0) << 8 | needle.at(1);
  }

  private static void scan(
      byte[] window,
      int end,
      Map<Integer, List<Map.Entry<String, Bytes>>> byStart,
      Set<String> names) {
    List<List<Map.Entry<String, Bytes>>> starts =
        new ArrayList<>(Collections.nCopies(1 << 16, List.of()));
    byStart.forEach(starts::set);
    for (int at = 0; at + 1 < end; at++) {
      for (Map.Entry<String, Bytes> needle :
          starts.get((window[at] & 0xff) << 8 | window[at + 1] & 0xff)) {
        if (at + needle.getValue().size() <= end && matches(window, at, needle.getValue())) {
          names.add(needle.getKey());
        }
      }
    }
  }

  private static boolean matches(byte[] window, int at, Bytes needle) {
    for (int i = 1; i < needle.size(); i++) {
      if (window[at + i] != (byte) needle.at(i)) {
        return false;
      }
    }
    return true;
  }
}
