package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.command.CofferCommand;
import dev.coffer.client.port.Pause;
import dev.coffer.lab.command.LocalDeployment;
import dev.coffer.protocol.crypto.Randomness;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What the help says of every command and option is whole. */
class HelpTest {
  private static List<CommandSpec> commands() {
    Session session =
        new Session(
            new ScriptedTerminal("", List.of()),
            Map.of(),
            Path.of("").toAbsolutePath(),
            Clock.systemUTC(),
            Randomness.system(),
            Pause.blocking(),
            new LocalDeployment());
    List<CommandSpec> all = new ArrayList<>();
    collect(CofferCommand.tree(session), all);
    return all;
  }

  private static void collect(CommandLine command, List<CommandSpec> all) {
    all.add(command.getCommandSpec());
    new LinkedHashSet<>(command.getSubcommands().values()).forEach(below -> collect(below, all));
  }

  /** A list of commands shows the first text of each description alone. */
  @Test
  void everyShortDescriptionIsASentence() {
    List<CommandSpec> commands = commands();
    assertTrue(commands.size() > 50, "commands: " + commands.size());
    for (CommandSpec command : commands) {
      String[] texts = command.usageMessage().description();
      assertTrue(texts.length > 0, command.qualifiedName() + " says nothing");
      for (String text : texts) {
        assertTrue(text.endsWith("."), command.qualifiedName() + " breaks off: " + text);
      }
    }
  }

  /** They wait for no vault. */
  private static final Set<String> BACKUPS = Set.of("coffer backup", "coffer schedule");

  /** What is done with backups needs no vault. One that is made asks it of the code, if it can. */
  @Test
  void optionsOfTheVaultStandOnlyWhereItIsAsked() {
    Set<String> asking =
        commands().stream()
            .filter(command -> command.optionsMap().containsKey("--login-command"))
            .map(CommandSpec::qualifiedName)
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            "coffer status",
            "coffer enroll",
            "coffer recover",
            "coffer change-code",
            "coffer passkey list",
            "coffer passkey revoke",
            "coffer account delete",
            "coffer backup",
            "coffer schedule"),
        asking);
    for (CommandSpec command : commands()) {
      String name = command.qualifiedName();
      assertEquals(asking.contains(name), command.optionsMap().containsKey("--tenant"), name);
      boolean waits =
          asking.contains(name) && !BACKUPS.contains(name) || name.equals("coffer ceremony run");
      assertEquals(waits, command.optionsMap().containsKey("--wait"), name);
    }
  }

  @Test
  void everyOptionIsDescribedInOneText() {
    for (CommandSpec command : commands()) {
      for (ArgSpec argument : command.args()) {
        if (argument.hidden()) {
          continue;
        }
        String name = command.qualifiedName() + " " + argument.paramLabel();
        assertEquals(1, argument.description().length, name);
        assertTrue(
            argument.description()[0].matches("(?s).*[.…]"),
            name + " breaks off: " + argument.description()[0]);
      }
    }
  }
}
