package dev.coffer.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathPatternsTest {
  private static boolean fits(String pattern, String path) throws Failure {
    return PathPatterns.any(List.of(pattern)).test(path);
  }

  /** For {@link #worksWhereTheLocaleHasNoSuchNames}: another process, which no locale helps. */
  public static void main(String[] arguments) throws Failure {
    String name = "gr\u00fc\u00dfe/\u65e5\u672c.txt";
    try {
      System.out.println("a path: " + Path.of(name).getNameCount());
    } catch (InvalidPathException e) {
      System.out.println("no path");
    }
    System.out.println(PathPatterns.any(List.of()).test(name));
    System.out.println(fits("*.txt", name));
    System.out.println(fits("gr?\u00dfe", name));
  }

  @Test
  void worksWhereTheLocaleHasNoSuchNames() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            PathPatternsTest.class.getName());
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().put("LC_ALL", "C");
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertEquals(0, process.waitFor(), said);
    assertEquals(List.of("no path", "false", "true", "true"), said.lines().toList());
  }

  @Test
  void namesOfAnyScript() throws Exception {
    assertTrue(fits("gr\u00fc*", "gr\u00fc\u00dfe/a"));
    assertTrue(fits("\u65e5?", "x/\u65e5\u672c"));
    assertTrue(fits("[\u00e4-\u00fc]", "\u00f6"));
    assertTrue(fits("?", "\ud83d\ude42"), "one character outside the first plane");
    assertTrue(fits("[\ud83d\ude42\ud83d\ude43]", "\ud83d\ude42"));
    assertFalse(PathPatterns.any(List.of()).test("gr\u00fc\u00dfe"));
  }

  @Test
  void nameInAnyDirectoryAndEverythingBelow() throws Exception {
    assertTrue(fits("cache", "cache"));
    assertTrue(fits("cache", "a/cache/b/c"));
    assertFalse(fits("cache", "a/caches"));
    assertTrue(fits("cache/", "a/cache"));
    assertTrue(fits("*.tmp", "a/b.tmp"));
    assertFalse(fits("*.tmp", "a/b.tmp~"));
  }

  @Test
  void withASlashFromTheTop() throws Exception {
    assertTrue(fits("a/*", "a/b/c"));
    assertFalse(fits("a/*", "x/a/b"));
    assertFalse(fits("a*/c", "a/b/c"), "a star ends at a slash");
    assertTrue(fits("a/**/c", "a/b/b/c"));
    assertTrue(fits("**/c", "a/c"));
    assertFalse(fits("a/?", "a"));
  }

  @Test
  void charactersGroupsAndEscapes() throws Exception {
    assertTrue(fits("[a-c]x", "bx"));
    assertFalse(fits("[!a-c]x", "bx"));
    assertTrue(fits("[!a-c]x", "dx"));
    assertFalse(fits("a[!b]c", "a/c"));
    assertTrue(fits("[-a^&[]", "-"));
    assertTrue(fits("[-a^&[]", "^"));
    assertTrue(fits("[-a^&[]", "["));
    assertTrue(fits("*.{jpg,png}", "a.png"));
    assertFalse(fits("*.{jpg,png}", "a.gif"));
    assertTrue(fits("a,b}", "a,b}"));
    assertTrue(fits("\\*", "*"));
    assertFalse(fits("\\*", "a"));
    assertTrue(fits("a+(b)|$.c", "a+(b)|$.c"));
    assertFalse(fits("a.c", "abc"));
  }

  @Test
  void whatIsNoPattern() {
    for (String pattern : List.of("[", "[]", "[a", "[z-a]", "[a/b]", "{a", "{a{b}}", "a\\")) {
      Failure failure = assertThrows(Failure.class, () -> fits(pattern, "x"), pattern);
      assertEquals(ExitCode.USAGE, failure.exitCode());
    }
  }
}
