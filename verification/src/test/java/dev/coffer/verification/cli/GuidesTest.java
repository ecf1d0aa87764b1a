package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.command.CofferCommand;
import dev.coffer.client.port.Pause;
import dev.coffer.lab.command.LocalDeployment;
import dev.coffer.node.NodeProcess;
import dev.coffer.protocol.crypto.Randomness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the guides tell people to type is there, with the options that they name. */
class GuidesTest {
  /** These are the launcher's own. */
  private static final Set<String> LAUNCHER = Set.of("install", "uninstall");

  private static final Pattern INLINE = Pattern.compile("`([^`]+)`");
  private static final Pattern REMARK = Pattern.compile(" {3,}| [#|>&]");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");
  private static final int HEAP = 256;

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    return at;
  }

  private static List<Path> guides() throws IOException {
    List<Path> guides = new ArrayList<>(List.of(root().resolve("README.md")));
    try (Stream<Path> docs = Files.list(root().resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(guides::add);
    }
    return guides;
  }

  private static CommandLine coffer() {
    return CofferCommand.tree(
        new Session(
            new ScriptedTerminal("", List.of()),
            Map.of(),
            Path.of("").toAbsolutePath(),
            Clock.systemUTC(),
            Randomness.system(),
            Pause.blocking(),
            new LocalDeployment()));
  }

  /** Command lines of a text: those that stand by themselves, and those within a sentence. */
  private static List<String> commands(String text) {
    List<String> all = new ArrayList<>();
    String joined = text.replaceAll("\\\\\n *", " ");
    for (String line : joined.lines().toList()) {
      if (line.startsWith("    ")) {
        all.add(REMARK.split(line.strip(), 2)[0]);
      } else {
        INLINE.matcher(line).results().forEach(match -> all.add(match.group(1)));
      }
    }
    return all.stream().filter(line -> line.matches("(\\./)?coffer .*")).toList();
  }

  /** What is wrong with a line; empty if nothing is. */
  private static String objection(CommandLine coffer, String line) {
    Iterator<String> words = List.of(line.split(" +")).iterator();
    String unused = words.next();
    CommandLine command = coffer;
    while (words.hasNext()) {
      String word = words.next();
      var option = OPTION.matcher(word);
      if (command.getSubcommands().containsKey(word)) {
        command = command.getSubcommands().get(word);
      } else if (LAUNCHER.contains(word)) {
        return "";
      } else if (option.lookingAt()) {
        if (!command.getCommandSpec().optionsMap().containsKey(option.group())) {
          return command.getCommandSpec().qualifiedName() + " has no " + option.group();
        }
      } else if (!command.getSubcommands().isEmpty() && word.matches("[a-z-]+")) {
        return command.getCommandSpec().qualifiedName() + " has no command " + word;
      }
    }
    return "";
  }

  @Test
  void everyCommandThatIsTypedIsThere() throws IOException {
    List<String> wrong = new ArrayList<>();
    CommandLine coffer = coffer();
    int count = 0;
    for (Path guide : guides()) {
      for (String line : commands(Files.readString(guide))) {
        count++;
        String objection = objection(coffer, line);
        if (!objection.isEmpty()) {
          wrong.add(root().relativize(guide) + ": " + line + ": " + objection);
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(count > 150, "lines found: " + count);
  }

  /** Somebody who deploys starts a node by hand, and copies the line from there. */
  @Test
  void aNodeIsStartedWithItsFlags() throws IOException {
    String deploy = Files.readString(root().resolve("docs").resolve("deploy.md"));
    String typed = deploy.replaceAll("\\\\\n *", "");
    assertTrue(
        typed.contains(
            "java "
                + String.join(" ", NodeProcess.jvmFlags(HEAP))
                + " -cp 'lib/*' "
                + NodeProcess.class.getName()
                + " --config "),
        "docs/deploy.md says how a node is started, with " + NodeProcess.jvmFlags(HEAP));
  }
}
