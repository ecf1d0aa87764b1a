package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left out by a rule is left out, named, and known to the snapshot; nothing else is. */
class ExclusionsTest {
  private static final Predicate<String> NONE = path -> false;
  private static final String TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# a cache";

  @TempDir private Path home;
  private Sandbox sandbox;

  @BeforeEach
  void fill() throws Exception {
    sandbox = new Sandbox(home.toRealPath());
    sandbox.write("kept", Sandbox.prose(1, 500));
  }

  private BackupReport backup(Path source, Exclusions exclusions) throws BackupException {
    BackupOptions options = BackupOptions.standard().withCount(true).withExclusions(exclusions);
    List<ProgressListener.Progress> told = new ArrayList<>();
    BackupReport report = sandbox.open().backup(source, options, told::add);
    assertTrue(
        told.stream().allMatch(at -> at.filesInAll() == report.files()),
        "what is left out is not counted either");
    return report;
  }

  private static List<String> named(BackupReport report) {
    return report.notices().stream().map(Problem::toString).toList();
  }

  @Test
  void cachesByTheirTag() throws Exception {
    sandbox.write("cache/CACHEDIR.TAG", TAG.getBytes(StandardCharsets.US_ASCII));
    sandbox.write("cache/deep/large", Sandbox.noise(2, 5000));
    sandbox.write("claims/CACHEDIR.TAG", TAG.substring(1).getBytes(StandardCharsets.US_ASCII));
    Files.createDirectories(sandbox.data.resolve("odd/CACHEDIR.TAG"));
    Files.createSymbolicLink(
        Files.createDirectories(sandbox.data.resolve("linked")).resolve("CACHEDIR.TAG"),
        sandbox.data.resolve("cache/CACHEDIR.TAG"));
    Exclusions caches = new Exclusions(Map.of(), NONE, true, false, Long.MAX_VALUE);
    BackupReport report = backup(sandbox.data, caches);
    assertEquals(List.of("cache: left out: a cache, as its CACHEDIR.TAG says"), named(report));
    assertEquals(2, report.files());
    assertEquals(1, report.snapshot().omitted());
    assertFalse(report.partial(), "it was left out on purpose");
    RestoreReport restored = sandbox.restore("back");
    assertEquals("cache", restored.omitted().get(0).subject());
    assertFalse(Files.exists(home.resolve("back/cache")));
    // Without the rule a cache is like anything else.
    assertEquals(4, backup(sandbox.data, Exclusions.NONE).files());
  }

  @Test
  void filesThatAreTooLarge() throws Exception {
    sandbox.write("at the limit", Sandbox.noise(3, 1000));
    sandbox.write("above", Sandbox.noise(4, 1001));
    Exclusions small = new Exclusions(Map.of(), NONE, false, false, 1000);
    BackupReport report = backup(sandbox.data, small);
    assertEquals(List.of("above: left out: larger than 1000 octets"), named(report));
    assertEquals(2, report.files());
  }

  /** Where it is named itself, it is meant. */
  @Test
  void noRuleLeavesOutASource() throws Exception {
    Path cache =
        sandbox.write("cache/CACHEDIR.TAG", TAG.getBytes(StandardCharsets.US_ASCII)).getParent();
    Path large = sandbox.write("large", Sandbox.noise(5, 5000));
    Exclusions all = new Exclusions(Map.of(), path -> path.equals("cache"), true, true, 1000);
    List<Path> sources = List.of(cache, large);
    BackupReport report =
        sandbox
            .open()
            .backup(sources, BackupOptions.standard().withExclusions(all), ProgressListener.NONE);
    assertEquals(List.of(), report.notices());
    assertEquals(2, report.files());
  }

  @Test
  void whatIsMountedBelow() throws Exception {
    Path devices = Path.of("/dev");
    Path mounted = devices.resolve("shm");
    assumeFalse(
        !Files.isDirectory(mounted)
            || Files.getAttribute(devices, "unix:dev")
                .equals(Files.getAttribute(mounted, "unix:dev")),
        "nothing is mounted at /dev/shm");
    Exclusions one =
        new Exclusions(
            Map.of(), path -> !path.equals("shm") && !path.equals("stdin"), false, true, 0);
    BackupReport report = backup(devices, one);
    assertTrue(
        named(report).contains("shm: left out: another file system is mounted there"),
        named(report).toString());
    List<String> paths = new ArrayList<>();
    sandbox.open().list(report.snapshot().id(), entry -> paths.add(entry.path()));
    assertTrue(paths.contains("stdin"), "the rest is there: " + paths);
    assertEquals(Optional.empty(), paths.stream().filter(p -> p.startsWith("shm/")).findAny());
  }
}
