package dev.coffer.cli.command;

import dev.coffer.cli.Session;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which fleet. */
public final class HomeOption {
  @Option(
      names = "--home",
      paramLabel = "DIR",
      description =
          "The fleet's directory (COFFER_HOME; otherwise .coffer in your home directory).")
  private @Nullable Path home;

  /** Whether somebody named it, here or in COFFER_HOME. */
  boolean given() {
    return home != null;
  }

  /** Its directory, absolute. */
  public Path home(Session session) {
    return (home == null ? session.userHome().resolve(".coffer") : home)
        .toAbsolutePath()
        .normalize();
  }
}
