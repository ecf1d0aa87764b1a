package dev.coffer.cli.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import java.io.IOException;
import java.nio.file.Path;

/** Founds. */
public final class Founder {
  private Founder() {}

  /** Founds. */
  public static void found(Session session, Path home, FleetPlan plan) throws Failure, IOException {
    HsmImage.command();
    throw new Failure(ExitCode.FAILED, "Not yet.", "Wait.");
  }
}
