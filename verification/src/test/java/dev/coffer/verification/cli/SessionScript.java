package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import dev.coffer.cli.Session;
import dev.coffer.cli.command.CofferCommand;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.client.port.Pause;
import dev.coffer.protocol.crypto.Randomness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs a session that is written down. Line by line:
 *
 * <pre>
 *   # a remark
 *   env NAME=VALUE       from here on
 *   file NAME TEXT       makes $DIR/NAME with one line
 *   private NAME TEXT    the same, open to its owner alone
 *   move NAME NAME       moves $DIR/NAME
 *   $ coffer …           runs; quotes keep spaces; $DIR is the session's own directory, $VAULT the vault's
 *   type TEXT            … with this typed at the next prompt (before the run's expectations)
 *   stdin TEXT           … with this line on standard input
 *   keep out NAME        … and its standard output is kept in $DIR/NAME
 *   &gt; TEXT               standard output has this line, after the one before; … stands for anything
 *   ! TEXT               the same for standard error
 *   &gt;- TEXT              neither output holds this anywhere
 *   = N                  exit code; 0 if there is no such line
 * </pre>
 *
 * What is typed and what is on standard input may hold &#92;n, &#92;r and &#92;uXXXX.
 */
final class SessionScript {
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:n|r|u[0-9A-F]{4})");

  private final Path script;
  private final Path directory;
  private final Deployment deployment;
  private final Map<String, String> environment = new HashMap<>();
  private Run run = new Run(0, "");

  private static final class Run {
    final int line;
    final String command;
    final List<String> typed = new ArrayList<>();
    final StringBuilder standardInput = new StringBuilder();
    final List<String> out = new ArrayList<>();
    final List<String> err = new ArrayList<>();
    final List<String> absent = new ArrayList<>();
    Optional<String> keep = Optional.empty();
    int exit;

    Run(int line, String command) {
      this.line = line;
      this.command = command;
    }
  }

  private SessionScript(Path script, Path directory, Deployment deployment) {
    this.script = script;
    this.directory = directory;
    this.deployment = deployment;
    environment.put("XDG_CONFIG_HOME", directory.resolve("config").toString());
  }

  /** The scripts whose names are wanted. */
  static Stream<Path> scripts(Predicate<String> wanted) throws IOException {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve("verification").resolve("cli"))) {
      at = at.getParent();
    }
    List<Path> scripts;
    try (Stream<Path> found = Files.list(at.resolve("verification").resolve("cli"))) {
      scripts =
          found
              .filter(path -> path.toString().endsWith(".txt"))
              .filter(path -> wanted.test(path.getFileName().toString()))
              .sorted()
              .toList();
    }
    assertFalse(scripts.isEmpty());
    return scripts.stream();
  }

  /**
   * @param directory the session's own
   * @param vault the home of the vault that it may use
   */
  static void play(Path script, Path directory, Path vault, Deployment deployment)
      throws IOException {
    SessionScript session = new SessionScript(script, directory, deployment);
    int number = 0;
    for (String line : Files.readAllLines(script)) {
      number++;
      session.line(
          number, line.replace("$DIR", directory.toString()).replace("$VAULT", vault.toString()));
    }
    session.finish();
  }

  private void line(int number, String line) throws IOException {
    if (line.isBlank() || line.startsWith("#")) {
      return;
    }
    String[] parts = line.split(" ", 2);
    String rest = parts.length > 1 ? parts[1] : "";
    switch (parts[0]) {
      case "env" -> {
        finish();
        environment.put(
            rest.substring(0, rest.indexOf('=')), rest.substring(rest.indexOf('=') + 1));
      }
      case "file", "private" -> {
        finish();
        List<String> words = words(rest);
        Path file = directory.resolve(words.getFirst());
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join(" ", words.subList(1, words.size())) + "\n");
        Files.setPosixFilePermissions(
            file,
            PosixFilePermissions.fromString(parts[0].equals("file") ? "rw-r--r--" : "rw-------"));
      }
      case "move" -> {
        finish();
        List<String> words = words(rest);
        Files.move(directory.resolve(words.getFirst()), directory.resolve(words.getLast()));
      }
      case "$" -> {
        finish();
        run = new Run(number, rest);
      }
      case "type" -> run.typed.add(unescaped(rest));
      case "stdin" -> run.standardInput.append(unescaped(rest)).append('\n');
      case "keep" -> run.keep = Optional.of(rest.substring("out ".length()));
      case ">" -> run.out.add(rest);
      case "!" -> run.err.add(rest);
      case ">-" -> run.absent.add(rest);
      case "=" -> run.exit = Integer.parseInt(rest.strip());
      default -> fail(script + ":" + number + ": no such kind of line: " + parts[0]);
    }
  }

  private static String unescaped(String text) {
    Matcher escape = ESCAPE.matcher(text);
    return escape.replaceAll(found ->
        Matcher.quoteReplacement(
            switch (found.group().charAt(1)) {
              case 'n' -> "\n";
              case 'r' -> "\r";
              default -> Character.toString(Integer.parseInt(found.group().substring(2), 16));
            }));
  }

  private void finish() throws IOException {
    Run done = run;
    run = new Run(0, "");
    if (done.command.isEmpty()) {
      return;
    }
    List<String> words = words(done.command);
    assertEquals("coffer", words.getFirst(), script + ":" + done.line);
    ScriptedTerminal terminal = new ScriptedTerminal(done.standardInput.toString(), done.typed);
    Session session =
        new Session(
            terminal,
            environment,
            directory.resolve("user"),
            Clock.systemUTC(),
            Randomness.system(),
            Pause.blocking(),
            deployment);
    int status = CofferCommand.run(session, words.subList(1, words.size()).toArray(String[]::new));
    if (done.keep.isPresent()) {
      Files.writeString(directory.resolve(done.keep.get()), terminal.outText());
    }
    String seen =
        script.getFileName()
            + ":"
            + done.line
            + ": $ "
            + done.command
            + "\n--- out\n"
            + terminal.outText()
            + "--- err\n"
            + terminal.errText()
            + "--- exit "
            + status
            + "\n";
    assertEquals(done.exit, status, seen);
    inOrder(done.out, terminal.outText(), seen);
    inOrder(done.err, terminal.errText(), seen);
    for (String text : done.absent) {
      if (terminal.outText().contains(text) || terminal.errText().contains(text)) {
        fail("must not be shown: " + text + "\n" + seen);
      }
    }
    assertEquals(0, terminal.unusedLines(), "typed lines that nobody asked for\n" + seen);
  }

  private static void inOrder(List<String> expected, String text, String seen) {
    List<String> lines = text.lines().toList();
    int at = 0;
    for (String wanted : expected) {
      String pattern = "\\Q" + wanted.strip().replace("…", "\\E.*\\Q") + "\\E";
      while (at < lines.size() && !lines.get(at).strip().matches(pattern)) {
        at++;
      }
      if (at++ == lines.size()) {
        fail("missing, or not in this order: " + wanted + "\n" + seen);
      }
    }
  }

  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean some = false;
    for (char c : command.toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
        some = true;
      } else if (c == ' ' && !quoted) {
        if (some || !word.isEmpty()) {
          words.add(word.toString());
        }
        word.setLength(0);
        some = false;
      } else {
        word.append(c);
      }
    }
    if (some || !word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }
}
