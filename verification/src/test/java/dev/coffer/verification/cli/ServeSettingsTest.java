package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's page lists the settings of log, witness and notary, all of them and no others. */
class ServeSettingsTest {
  private static final Path PAGE = Path.of("..", "docs", "operations.md");
  private static final List<String> SERVERS = List.of("log", "witness", "notary");
  private static final Set<String> OF_ALL_COMMANDS = Set.of("json", "quiet", "config", "help");
  private static final Pattern FLAG = Pattern.compile("--([a-z][a-z-]*)");
  private static final Pattern ROW = Pattern.compile("\\| `([a-z-]+)` \\| (all|[a-z]+) \\| .*");

  @TempDir private Path home;

  @Test
  void thePageAndTheCommandsListTheSameSettings() throws IOException {
    assertEquals(documented(), flags());
  }

  private static Map<String, Set<String>> documented() throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf("| setting | of |");
    String table = page.substring(from, page.indexOf("\n\n", from));
    Map<String, Set<String>> names = new TreeMap<>();
    for (String line : table.split("\n")) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        for (String server : row.group(2).equals("all") ? SERVERS : List.of(row.group(2))) {
          names.computeIfAbsent(server, unused -> new TreeSet<>()).add(row.group(1));
        }
      }
    }
    return names;
  }

  private Map<String, Set<String>> flags() {
    Map<String, Set<String>> names = new TreeMap<>();
    for (String server : SERVERS) {
      String help =
          CommandLineUser.of(home, "operator").run(server, "serve", "--help").exits(0).out();
      Set<String> flags = new TreeSet<>();
      // Options begin their line; what descriptions say of others does not count.
      for (String line : help.split("\n")) {
        Matcher flag = FLAG.matcher(line);
        if (line.matches("\\s+(-., )?--.*") && flag.find()) {
          flags.add(flag.group(1));
        }
      }
      flags.removeAll(OF_ALL_COMMANDS);
      names.put(server, flags);
    }
    return names;
  }
}
