package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One tree, backed up by restic and by Coffer: the same files come back, from both and through
 * both.
 */
@Tag("long")
class ResticTest {
  private static final int HOLE = 4 << 20;

  @TempDir private Path home;
  private Sandbox sandbox;

  @BeforeEach
  void fill() throws Exception {
    boolean installed = ToolRun.isInstalled("restic");
    if (!installed) {
      System.out.println("SKIPPED ResticTest: restic is not installed");
    }
    assumeTrue(installed, "restic is not installed");
    sandbox = new Sandbox(home.toRealPath());
    sandbox.fill();
    Path data = sandbox.data;
    try (FileChannel holes =
        FileChannel.open(
            data.resolve("holes"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      holes.write(ByteBuffer.wrap("begin".getBytes(StandardCharsets.US_ASCII)));
      holes.write(ByteBuffer.wrap("end".getBytes(StandardCharsets.US_ASCII)), HOLE);
    }
    Files.createLink(data.resolve("names/second"), data.resolve("one"));
    Files.createLink(data.resolve("small/third"), data.resolve("one"));
    for (int mode : new int[] {07755, 01777, 0, 02640}) {
      Path file = sandbox.write("modes/m" + Integer.toOctalString(mode), Sandbox.prose(mode, 20));
      Files.setAttribute(file, "unix:mode", mode);
    }
    Files.setLastModifiedTime(
        data.resolve("one"), FileTime.from(Instant.parse("1969-12-31T23:59:58.25Z")));
    Files.setLastModifiedTime(
        data.resolve("small/file7"),
        FileTime.from(Instant.parse("2100-02-03T04:05:06.123456789Z")));
    UserDefinedFileAttributeView attributes = attributes(data.resolve("small/file3"));
    if (attributes != null && Files.getFileStore(data).supportsFileAttributeView("user")) {
      attributes.write("coffer.test", ByteBuffer.wrap(new byte[] {0, 1, (byte) 0xff}));
      attributes.write("empty", ByteBuffer.wrap(new byte[0]));
    }
  }

  private static UserDefinedFileAttributeView attributes(Path file) {
    return Files.getFileAttributeView(
        file, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  private ToolRun restic(String... words) throws Exception {
    Path password = Files.writeString(home.resolve("password"), "for a test\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                "restic",
                "-q",
                "--no-cache",
                "-p",
                password.toString(),
                "-r",
                home.resolve("restic").toString()));
    command.addAll(List.of(words));
    return ToolRun.of(home, command.toArray(String[]::new));
  }

  /** What {@link Sandbox#describe} leaves out: names of one file, extended attributes, owners. */
  private static String more(Path root) throws Exception {
    Map<String, String> lines = new TreeMap<>();
    Map<Object, String> first = new TreeMap<>(java.util.Comparator.comparing(Object::toString));
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.sorted()::iterator) {
        String name = root.relativize(path).toString();
        String line = "" + Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          line += " is " + first.computeIfAbsent(Files.getAttribute(path, "unix:ino"), ino -> name);
          UserDefinedFileAttributeView view = attributes(path);
          for (String attribute :
              view == null ? List.<String>of() : view.list().stream().sorted().toList()) {
            ByteBuffer value = ByteBuffer.allocate(view.size(attribute));
            view.read(attribute, value);
            line += " " + attribute + java.util.Arrays.toString(value.array());
          }
        }
        lines.put(name, line);
      }
    }
    return lines.toString();
  }

  private static void assertSame(Path expected, Path found) throws Exception {
    assertEquals(Sandbox.describe(expected), Sandbox.describe(found));
    assertEquals(more(expected), more(found));
  }

  @Test
  void theSameFilesComeBackFromBothAndThroughBoth() throws Exception {
    restic("init");
    restic("backup", sandbox.data.toString());
    restic("restore", "latest", "--target", home.resolve("from-restic").toString());
    Path byRestic = home.resolve("from-restic").resolve(Path.of("/").relativize(sandbox.data));
    assertEquals(List.of(), sandbox.backup().problems());
    RestoreReport restored = sandbox.restore("from-coffer");
    assertEquals(List.of(), restored.problems());
    Path byCoffer = home.resolve("from-coffer");
    assertSame(sandbox.data, byCoffer);
    assertSame(sandbox.data, byRestic);
    long blocks = Files.size(sandbox.data.resolve("holes"));
    assertTrue(
        blocks > HOLE && allocated(byCoffer.resolve("holes")) < HOLE / 4, "holes stay holes");
    // Each takes over what the other brought back.
    assertEquals(List.of(), sandbox.open().backup(byRestic, ProgressListener.NONE).problems());
    RestoreOptions its =
        RestoreOptions.standard().withSource(java.util.Optional.of(byRestic.toString()));
    assertEquals(
        List.of(),
        sandbox
            .open()
            .restore(
                java.util.Optional.empty(),
                home.resolve("through-both"),
                its,
                ProgressListener.NONE)
            .problems());
    assertSame(sandbox.data, home.resolve("through-both"));
    restic("backup", byCoffer.toString());
    restic("restore", "latest", "--target", home.resolve("again").toString());
    assertSame(
        sandbox.data,
        home.resolve("again").resolve(Path.of("/").relativize(byCoffer.toRealPath())));
  }

  private long allocated(Path file) throws Exception {
    byte[] blocks = ToolRun.of(home, "stat", "-c", "%b", file.toString()).output();
    return 512 * Long.parseLong(new String(blocks, StandardCharsets.US_ASCII).strip());
  }
}
