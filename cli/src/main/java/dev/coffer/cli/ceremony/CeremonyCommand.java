package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Words;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.command.CommandGroup;
import dev.coffer.cli.terminal.Output;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** {@code coffer ceremony}: founds a fleet at sites that do not trust each other. */
@CommandLine.Command(
    name = "ceremony",
    description =
        "For operators: found a fleet on machines that do not trust each other, over a network or"
            + " with files on media.",
    subcommands = {
      CeremonyMeasureCommand.class,
      CeremonyPlanCommand.class,
      CeremonyAnnounceCommand.class,
      CeremonyRunCommand.class,
      CeremonyVerifyCommand.class,
      CeremonyRehearseCommand.class
    })
public final class CeremonyCommand extends CommandGroup {
  private static final long PLAN_MAX = 64 << 10;

  static Failure failure(CeremonyRefused refusal) {
    return new Failure(ExitCode.UNTRUSTED, refusal.what(), refusal.next());
  }

  /** Reads a plan's file. */
  static Plan plan(Path file) throws Failure, IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > PLAN_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "There is no plan " + file + ".",
          "Make one with coffer ceremony plan, or take plan.txt from the stick.");
    }
    try {
      return Plan.parse(Bytes.wrap(Files.readAllBytes(file)));
    } catch (CeremonyRefused e) {
      throw failure(e);
    }
  }

  /** Shows a hash as it is read aloud. */
  static void show(Output speech, String of, Bytes hash) {
    speech.result(of + ", to be read aloud:");
    Words.lines(hash).forEach(line -> speech.result("    " + line));
  }
}
