package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** The packages of this module use each other in one direction only. */
class PackagesTest {
  private static final Pattern ARROW =
      Pattern.compile("^ +(dev\\.coffer\\.backup[.\\w]*) +-> (dev\\.coffer\\.backup[.\\w]*) .*$");

  @Test
  void haveNoCircle() throws Exception {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (String line : jdeps().lines().toList()) {
      var arrow = ARROW.matcher(line);
      if (arrow.matches() && !arrow.group(1).equals(arrow.group(2))) {
        uses.computeIfAbsent(arrow.group(1), name -> new TreeSet<>()).add(arrow.group(2));
        uses.computeIfAbsent(arrow.group(2), name -> new TreeSet<>());
      }
    }
    assertTrue(uses.size() >= 8, "jdeps told of the packages: " + uses);
    // Whoever uses nobody that is left goes; a circle stays.
    while (uses.entrySet()
        .removeIf(entry -> entry.getValue().stream().noneMatch(uses::containsKey))) {
      continue;
    }
    assertEquals(Map.of(), uses);
  }

  private static String jdeps() throws Exception {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    Path classes =
        Path.of(BackupException.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ToolProvider.findFirst("jdeps")
        .orElseThrow()
        .run(writer, writer, "-verbose:package", "-filter:none", classes.resolve("dev").toString());
    return out.toString();
  }
}
