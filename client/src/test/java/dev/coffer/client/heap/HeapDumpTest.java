package dev.coffer.client.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After use, neither a code nor K is in the heap of a client, garbage included: no collection runs
 * before the dump, so every copy that was ever made and not overwritten is still there to be found.
 */
class HeapDumpTest {
  private static final long SEED = 20_261_121;

  @TempDir Path folder;

  @Test
  void neitherCodesNorTheKeyStayBehind() throws Exception {
    Path dump = folder.resolve("all.hprof");
    run(dump, "all");
    assertEquals(Set.of(), found(dump, needles()));
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
    Map<String, Bytes> needles = new LinkedHashMap<>();
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
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx768m",
                "-Xmn600m",
                "-classpath",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
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
    Set<String> names = new TreeSet<>();
    byte[] window = new byte[(1 << 20) + 64];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(dump))) {
      int kept = 0;
      for (int read = in.readNBytes(window, 0, 1 << 20);
          read > 0;
          read = in.readNBytes(window, kept, 1 << 20)) {
        int end = kept + read;
        needles.forEach((name, needle) -> {
          if (contains(window, end, needle)) {
            names.add(name);
          }
        });
        kept = Math.min(64, end);
        System.arraycopy(window, end - kept, window, 0, kept);
      }
    }
    return names;
  }

  private static boolean contains(byte[] window, int end, Bytes needle) {
    byte first = (byte) needle.at(0);
    for (int at = 0; at <= end - needle.size(); at++) {
      if (window[at] == first && matches(window, at, needle)) {
        return true;
      }
    }
    return false;
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
