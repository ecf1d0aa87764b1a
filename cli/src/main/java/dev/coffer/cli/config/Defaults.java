package dev.coffer.cli.config;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives options a value that the command line does not. First match wins: the command line; the
 * environment ({@code COFFER_} and the option in capitals, hyphens as underscores); the file
 * ({@code --config}, {@code COFFER_CONFIG}, or {@code coffer/config.properties} in {@code
 * XDG_CONFIG_HOME} or {@code ~/.config}), whose keys are the option's long name, alone or after
 * {@code <command>.}; the built-in default.
 *
 * <p>A flag that confirms or overrides something is on the command line or it is not given.
 *
 * <p>Neither may hold a recovery code: there is no option that takes one.
 */
public final class Defaults implements IDefaultValueProvider {
  /** Octets of the largest configuration file. */
  private static final long FILE_MAX = 64 << 10;

  /**
   * The flags that a setting may set. Every other flag is a decision of the moment, such as to go
   * ahead without being asked, and counts on the command line alone.
   */
  private static final Set<String> FLAGS = Set.of("json", "quiet", "once", "strict");

  /** Options with a value that belong on the command line alone. */
  private static final Set<String> NEVER = Set.of("config", "code", "remove");

  private final Map<String, String> environment;
  private final Path path;
  private final Properties file;

  private Defaults(Map<String, String> environment, Path path, Properties file) {
    this.environment = environment;
    this.path = path;
    this.file = file;
  }

  /**
   * Reads the file that {@code args} or the environment name; without either, the usual one if it
   * is there.
   *
   * @param userHome the user's home directory
   */
  public static Defaults load(List<String> args, Map<String, String> environment, Path userHome)
      throws Failure {
    Optional<Path> named =
        argument(args)
            .or(() -> Optional.ofNullable(environment.get("COFFER_CONFIG")))
            .map(Path::of);
    Path path = named.orElseGet(() -> usual(environment, userHome));
    Properties file = new Properties();
    if (named.isPresent() || Files.isRegularFile(path)) {
      try {
        if (Files.size(path) > FILE_MAX) {
          throw new Failure(
              ExitCode.USAGE,
              "The configuration file " + path + " is too large.",
              "Name another with --config.");
        }
        try (Reader in = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
          file.load(in);
        }
      } catch (IOException | IllegalArgumentException e) {
        throw new Failure(
            ExitCode.USAGE,
            "The configuration file " + path + " cannot be read.",
            "Check its name, its permissions, and that it holds lines of name=value.");
      }
    }
    return new Defaults(environment, path, file);
  }

  private static Optional<String> argument(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).equals("--config") && i + 1 < args.size()) {
        return Optional.of(args.get(i + 1));
      }
      if (args.get(i).startsWith("--config=")) {
        return Optional.of(args.get(i).substring("--config=".length()));
      }
    }
    return Optional.empty();
  }

  private static Path usual(Map<String, String> environment, Path userHome) {
    String base = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path config = base.isEmpty() ? userHome.resolve(".config") : Path.of(base);
    return config.resolve("coffer").resolve("config.properties");
  }

  /**
   * Refuses a file with a name that no command has: a typing error would go unnoticed, and what it
   * was to set with it. The message gives the line and not the name, which may be a secret that
   * went astray.
   */
  public void checkNames(CommandLine tree) throws Failure {
    Set<String> known = new HashSet<>();
    collect(tree, known);
    for (String name : file.stringPropertyNames()) {
      if (!known.contains(name)) {
        throw new Failure(
            ExitCode.USAGE,
            "The configuration file " + path + " sets what cannot be set there" + line(name) + ".",
            "Use the long name of an option that takes a value (see coffer help configuration);"
                + " what confirms or overrides something belongs on the command line.");
      }
    }
  }

  private static void collect(CommandLine command, Set<String> known) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (settable(option)) {
        known.add(name(option));
        known.add(command.getCommandName() + "." + name(option));
      }
    }
    command.getSubcommands().values().forEach(below -> collect(below, known));
  }

  /** Where a name stands, as far as that can be told. */
  private String line(String name) {
    try (Stream<String> lines = Files.lines(path)) {
      List<String> all = lines.toList();
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).strip().startsWith(name)) {
          return ", in line " + (i + 1);
        }
      }
      return "";
    } catch (IOException | UncheckedIOException e) {
      return "";
    }
  }

  private static String name(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  private static boolean settable(OptionSpec option) {
    return option.arity().max() == 0 ? FLAGS.contains(name(option)) : !NEVER.contains(name(option));
  }

  /** What settings say of an option, whatever the command line does. */
  public static Optional<String> setting(CommandSpec command, String option) {
    OptionSpec found = command.findOption(option);
    return found != null && command.defaultValueProvider() instanceof Defaults settings
        ? Optional.ofNullable(settings.defaultValue(found))
        : Optional.empty();
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    if (!settable(option)) {
      return null;
    }
    String name = name(option);
    String variable = "COFFER_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    String command = option.command() == null ? "" : option.command().name();
    String fromEnvironment = environment.get(variable);
    if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
      return fromEnvironment;
    }
    return file.getProperty(command + "." + name, file.getProperty(name));
  }
}
