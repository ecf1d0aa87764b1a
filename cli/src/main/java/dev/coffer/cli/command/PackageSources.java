package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The same for packages of several fleets. */
final class PackageSources extends AuditSources {
  @Option(
      names = "--package",
      paramLabel = "DIR",
      description =
          "In place of all options that are about one fleet, once for each fleet: packages that are compared with"
              + " --signer, --image, --policy and --bundle, and no node is asked.")
  private List<Path> packages = List.of();

  @Override
  boolean elsewhere() {
    return !packages.isEmpty();
  }

  /** All that were named; none if it is one fleet, by the other options. */
  List<Path> packages() throws Failure {
    Optional<String> other = elsewhere() ? ofOneFleet() : Optional.empty();
    if (other.isPresent()) {
      throw new Failure(
          ExitCode.USAGE,
          "With --package there is no " + other.get() + ".",
          "Leave one of both out.");
    }
    return packages;
  }
}
