package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.config.Defaults;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.terminal.Sizes;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      RecoverCommand.class,
      RestoreCommand.class,
      ChangeCodeCommand.class,
      KeyCommand.class,
      ForgetCommand.class,
      BundleCommand.class,
      FleetCommand.class,
      NotaryCommand.class,
      LogCommand.class,
      WitnessCommand.class,
      AuditCommand.class,
      PolicyCommand.class,
      NodeCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Codes are asked for without echo, or read with --code-file or --code-stdin.",
      "coffer help exit-codes and coffer help configuration say more."
    })
public final class CofferCommand {
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
    try {
      CommandLine command = tree(session);
      command.setDefaultValueProvider(Defaults.load(List.of(args), session.environment()));
      command.setOut(out).setErr(err);
      command.setParameterExceptionHandler((trouble, given) -> usage(session, trouble, json));
      command.setExecutionExceptionHandler(
          (trouble, line, parsed) -> report(session, ErrorMessages.explain(trouble), json));
      if (args.length == 0) {
        command.usage(out);
        return ExitCode.OK.status();
      }
      return command.execute(args);
    } catch (Failure failure) {
      return report(session, failure, json);
    } finally {
      out.flush();
      err.flush();
    }
  }

  static CommandLine tree(Session session) {
    CommandLine command = new CommandLine(new CofferCommand(), factory(session));
    session.deployment().extend(command, session);
    command.setUsageHelpAutoWidth(false);
    command.setUsageHelpWidth(100);
    command.setCaseInsensitiveEnumValuesAllowed(true);
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

  /** Never repeats a stray argument: it may be a recovery code. */
  private static int usage(Session session, ParameterException trouble, boolean json) {
    String name = trouble.getCommandLine().getCommandSpec().qualifiedName();
    boolean unmatched = trouble instanceof UnmatchedArgumentException;
    String what =
        unmatched
            ? "There is an argument that " + name + " does not know."
            : ErrorMessages.sentence(trouble.getMessage());
    return report(session, new Failure(ExitCode.USAGE, what, "See " + name + " --help."), json);
  }

  private static int report(Session session, Failure failure, boolean json) {
    session.terminal().err().println("coffer: " + Sizes.printable(failure.what()));
    session.terminal().err().println("        " + Sizes.printable(failure.next()));
    if (json) {
      Json line =
          new Json()
              .put("error", failure.exitCode().name())
              .put("exitCode", failure.exitCode().status())
              .put("what", failure.what())
              .put("next", failure.next());
      session.terminal().out().println(line);
    }
    return failure.exitCode().status();
  }
}
