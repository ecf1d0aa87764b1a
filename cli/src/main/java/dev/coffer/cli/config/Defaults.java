package dev.coffer.cli.config;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives options a value that the command line does not. First match wins: the command line; the
 * environment ({@code COFFER_} and the option in capitals, hyphens as underscores); the file
 * ({@code --config}, {@code COFFER_CONFIG}, or {@code coffer/config.properties} in {@code
 * XDG_CONFIG_HOME} or {@code ~/.config}), whose keys are the option's long name, alone or after
 * {@code <command>.}; the built-in default.
 *
 * <p>Neither may hold a recovery code: there is no option that takes one.
 */
public final class Defaults implements IDefaultValueProvider {
  /** Octets of the largest configuration file. */
  private static final long FILE_MAX = 64 << 10;

  /** Options that belong on the command line alone. */
  private static final Set<String> NEVER =
      Set.of(
          "help", "version", "config", "code", "code-stdin", "yes", "foreground", "digits-stdin");

  private final Map<String, String> environment;
  private final Properties file;

  private Defaults(Map<String, String> environment, Properties file) {
    this.environment = environment;
    this.file = file;
  }

  /**
   * Reads the file that {@code args} or the environment name; without either, the usual one if it
   * is there.
   */
  public static Defaults load(List<String> args, Map<String, String> environment) throws Failure {
    Optional<Path> named =
        argument(args)
            .or(() -> Optional.ofNullable(environment.get("COFFER_CONFIG")))
            .map(Path::of);
    Path path = named.orElseGet(() -> usual(environment));
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
    return new Defaults(environment, file);
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

  private static Path usual(Map<String, String> environment) {
    String base = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path config =
        base.isEmpty() ? Path.of(System.getProperty("user.home", "."), ".config") : Path.of(base);
    return config.resolve("coffer").resolve("config.properties");
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    String name = option.longestName().replaceFirst("^-+", "");
    if (NEVER.contains(name)) {
      return null;
    }
    String variable = "COFFER_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    String command = option.command() == null ? "" : option.command().name();
    String fromEnvironment = environment.get(variable);
    if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
      return fromEnvironment;
    }
    return file.getProperty(command + "." + name, file.getProperty(name));
  }
}
