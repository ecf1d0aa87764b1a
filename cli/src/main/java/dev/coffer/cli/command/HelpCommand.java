package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code coffer help}: commands, exit codes, configuration. */
@CommandLine.Command(
    name = "help",
    description = "Explain a command, or exit-codes, or configuration.")
final class HelpCommand extends Command {
  @Parameters(
      arity = "0..*",
      paramLabel = "TOPIC",
      description = "A command (key show), exit-codes or configuration.")
  private List<String> topics = List.of();

  HelpCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure {
    PrintStream out = session().terminal().out();
    CommandLine tree = CofferCommand.tree(session());
    switch (String.join(" ", topics)) {
      case "" -> tree.usage(out);
      case "exit-codes" -> exitCodes(out);
      case "configuration" -> configuration(out);
      default -> {
        CommandLine command = tree;
        for (String topic : topics) {
          command = command.getSubcommands().get(topic);
          if (command == null) {
            throw new Failure(
                ExitCode.USAGE,
                "There is no help on "
                    + (CofferCommand.isCommandWord(topic) ? topic : "that")
                    + ".",
                "See coffer help for all commands.");
          }
        }
        command.usage(out);
      }
    }
    return ExitCode.OK;
  }

  private static void exitCodes(PrintStream out) {
    out.println("Exit codes of coffer");
    out.println();
    for (ExitCode code : ExitCode.values()) {
      out.printf(Locale.ROOT, "  %3d  %s%n", code.status(), code.meaning());
    }
  }

  private static void configuration(PrintStream out) {
    out.println(
        """
        Where options come from (the first that gives a value wins)

          1. the command line
          2. the environment: COFFER_ and the option's name in capitals, hyphens as underscores
             (COFFER_HOME, COFFER_ACCOUNT, COFFER_DEVICE, COFFER_REPOSITORY, COFFER_WAIT …)
          3. a file of lines name=value, where the name is the option's long name without hyphens in front,
             alone or after the command's name and a dot (account=alice, bench.seconds=30):
             --config FILE, or COFFER_CONFIG, or coffer/config.properties in XDG_CONFIG_HOME or ~/.config
          4. what the command's help calls the default

        Names that no option has are refused. Flags that confirm or override something (--yes, --replace, --last …)
        count on the command line alone.

        A recovery code or a key is never read from the command line, the environment or this file.\
        """);
  }
}
