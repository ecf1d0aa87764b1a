package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.ceremony.CeremonyCommand;
import dev.coffer.cli.config.Defaults;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code coffer}: the tree of commands, and how every kind of trouble becomes a sentence and an
 * exit code.
 */
@Command(
    name = "coffer",
    version = "coffer 0.1.0 (HSMs are SIMULATED)",
    description = "End-to-end-encrypted backups that a short recovery code opens, and nobody else.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StatusCommand.class,
      EnrollCommand.class,
      BackupCommand.class,
      SnapshotsCommand.class,
      LsCommand.class,
      DiffCommand.class,
      DumpCommand.class,
      ViewCommand.class,
      StatsCommand.class,
      CheckCommand.class,
      RepairCommand.class,
      PruneCommand.class,
      CopyCommand.class,
      ScheduleCommand.class,
      DepositCommand.class,
      RecoverCommand.class,
      RestoreCommand.class,
      ChangeCodeCommand.class,
      PractiseCommand.class,
      KeyCommand.class,
      PasskeyCommand.class,
      AccountCommand.class,
      BundleCommand.class,
      FleetCommand.class,
      NotaryCommand.class,
      LogCommand.class,
      WitnessCommand.class,
      AuditCommand.class,
      PolicyCommand.class,
      NodeCommand.class,
      CeremonyCommand.class,
      EvidenceCommand.class,
      OperationsCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Codes are asked for without echo, or read with --code-file or --code-stdin.",
      "coffer help exit-codes and coffer help configuration say more."
    })
public final class CofferCommand {
  private static final Pattern COMMAND_WORD = Pattern.compile("[a-z][a-z-]{1,19}");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  private CofferCommand() {}

  /** Runs one command line and returns its exit status. */
  public static int run(Session session, String... args) {
    boolean json = List.of(args).contains("--json");
    PrintWriter out = new PrintWriter(session.terminal().out(), true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(session.terminal().err(), true, StandardCharsets.UTF_8);
    int status;
    try {
      refuseUndecoded(List.of(args), session.environment());
      CommandLine command = tree(session);
      Defaults defaults = Defaults.load(List.of(args), session.environment(), session.userHome());
      defaults.checkNames(command);
      command.setDefaultValueProvider(defaults);
      command.setExecutionStrategy(CofferCommand::execute);
      command.setOut(out).setErr(err);
      command.setParameterExceptionHandler((trouble, given) -> usage(session, trouble, json));
      command.setExecutionExceptionHandler(
          (trouble, line, parsed) -> report(session, ErrorMessages.explain(trouble), json));
      if (args.length == 0) {
        command.usage(out);
        status = ExitCode.OK.status();
      } else {
        status = command.execute(args);
      }
    } catch (Failure failure) {
      status = report(session, failure, json);
    } catch (OutOfMemoryError e) {
      status = report(session, ErrorMessages.outOfMemory(), json);
    }
    out.flush();
    err.flush();
    return session.terminal().out().checkError() ? unheard(session, status) : status;
  }

  /** What nobody could read was not done well, whatever was done: a full disk, a closed pipe. */
  private static int unheard(Session session, int status) {
    boolean well = status == ExitCode.OK.status();
    return well
        ? report(
            session,
            new Failure(
                ExitCode.HERE,
                "Standard output does not take what this command has to say.",
                "What was asked for is done; free the disk, or mend the pipe, to see the result."),
            false)
        : status;
  }

  /**
   * Where the locale cannot decode an octet, Java puts U+FFFD in its place. Two names that differ
   * in such octets alone would be one name here, and one account.
   */
  private static void refuseUndecoded(List<String> args, Map<String, String> environment)
      throws Failure {
    boolean argument = args.stream().anyMatch(CofferCommand::undecoded);
    boolean variable =
        environment.entrySet().stream()
            .anyMatch(entry -> entry.getKey().startsWith("COFFER_") && undecoded(entry.getValue()));
    if (argument || variable) {
      throw new Failure(
          ExitCode.USAGE,
          (argument ? "An argument" : "A COFFER_ variable")
              + " has octets that are no text in this locale.",
          "Set LC_ALL to a locale with UTF-8, such as C.UTF-8, and run the command again.");
    }
  }

  private static boolean undecoded(String text) {
    return text.indexOf('\ufffd') >= 0;
  }

  /** As the library does it, but a word that is no command is never passed over for its --help. */
  private static int execute(ParseResult parsed) {
    for (ParseResult at = parsed; at != null; at = at.subcommand()) {
      if (!at.unmatched().isEmpty()) {
        throw new UnmatchedArgumentException(at.commandSpec().commandLine(), at.unmatched());
      }
    }
    return new RunLast().execute(parsed);
  }

  /** All commands, with those of the session's deployment. */
  public static CommandLine tree(Session session) {
    CommandLine command = new CommandLine(new CofferCommand(), factory(session));
    session.deployment().extend(command, session);
    command.setUsageHelpAutoWidth(false);
    command.setUsageHelpWidth(100);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    // An argument that begins with @ is meant as it stands, not the name of a file of arguments.
    command.setExpandAtFiles(false);
    command.registerConverter(Path.class, CofferCommand::path);
    return command;
  }

  /** An empty name would mean the current directory, which nobody who writes "$UNSET" means. */
  private static Path path(String name) {
    if (name.isEmpty()) {
      throw new TypeConversionException("the name is empty; is a shell variable unset?");
    }
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("this cannot be the name of a file or directory");
    }
  }

  /** The script that completes commands and options in bash and zsh. */
  static String completion(Session session) {
    return AutoComplete.bash("coffer", tree(session));
  }

  /** Commands are made with the session; everything else picocli makes itself. */
  private static IFactory factory(Session session) {
    return new IFactory() {
      @Override
      public <K> K create(Class<K> type) throws Exception {
        try {
          return type.getDeclaredConstructor(Session.class).newInstance(session);
        } catch (NoSuchMethodException e) {
          return CommandLine.defaultFactory().create(type);
        }
      }
    };
  }

  /** Never repeats a stray argument, which may be a recovery code, but where a command belongs. */
  private static int usage(Session session, ParameterException trouble, boolean json) {
    CommandSpec command = trouble.getCommandLine().getCommandSpec();
    String name = command.qualifiedName();
    String what = ErrorMessages.sentence(trouble.getMessage());
    String next = "";
    if (trouble instanceof UnmatchedArgumentException unmatched) {
      what = "There is an argument that " + name + " does not know.";
      String word = unmatched.getUnmatched().getFirst();
      if (!command.subcommands().isEmpty() && isCommandWord(word)) {
        what = "There is no command " + name + " " + word + ".";
        next = nearest(unmatched.getSuggestions(), name);
      }
    }
    return report(
        session, new Failure(ExitCode.USAGE, what, next + "See " + name + " --help."), json);
  }

  /** Whether it looks like the name of a command, and like no code. */
  static boolean isCommandWord(String word) {
    return COMMAND_WORD.matcher(word).matches();
  }

  private static String nearest(List<String> suggestions, String name) {
    return suggestions.stream()
        .findFirst()
        .map(one -> "Did you mean " + name + " " + one + "? ")
        .orElse("");
  }

  private static int report(Session session, Failure failure, boolean json) {
    session.terminal().err().println("coffer: " + Sizes.printable(failure.what()));
    session.terminal().err().println("        " + Sizes.printable(failure.next()));
    if (json) {
      JsonWriter line =
          new JsonWriter()
              .put("error", failure.exitCode().name())
              .put("exitCode", failure.exitCode().status())
              .put("what", failure.what())
              .put("next", failure.next());
      failure.guessesLeft().ifPresent(left -> line.put("guessesLeft", left));
      session.terminal().out().println(line);
    }
    return failure.exitCode().status();
  }
}
