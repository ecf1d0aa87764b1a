package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanScript;
import dev.coffer.ceremony.plan.PlanSettings;
import dev.coffer.ceremony.plan.Words;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.PaperPdf;
import dev.coffer.files.AtomicFile;
import dev.coffer.files.SettingMistake;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer ceremony plan}. */
@CommandLine.Command(
    name = "plan",
    description = {
      "Write a ceremony's plan and the script for people (Markdown and PDF) from a settings file, and show the plan's"
          + " SHA-256 as words. A plan gives the same octets of both scripts everywhere: publish their hashes before.",
      "With --show, show the words and hashes of a plan that is there."
    })
public final class CeremonyPlanCommand extends Command {
  private static final String SCRIPT = "script.md";
  private static final String PAPER = "script.pdf";

  @Parameters(paramLabel = "SETTINGS", description = "The settings file; with --show a plan.txt.")
  private Path file = Path.of("");

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Write plan.txt, script.md and script.pdf into DIR (default: this directory).")
  private Path to = Path.of(".");

  @Option(names = "--show", description = "Only read a plan that is there, and show its words.")
  private boolean show;

  /** In {@code session}. */
  public CeremonyPlanCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException {
    Output speech = speech();
    Plan plan = show ? CeremonyCommand.plan(file) : read();
    String script = PlanScript.markdown(plan);
    Bytes text = Bytes.wrap(script.getBytes(StandardCharsets.UTF_8));
    Bytes paper = Bytes.wrap(PaperPdf.of(script, "Plan " + plan.hash().hex()));
    if (!show) {
      write(Verification.PLAN, plan.encode().toByteArray());
      write(SCRIPT, text.toByteArray());
      write(PAPER, paper.toByteArray());
      speech.say(
          "Wrote " + Verification.PLAN + ", " + SCRIPT + " and " + PAPER + " into " + to + ".");
    }
    if (plan.simulated()) {
      speech.warn("HSMs may be SIMULATED by this plan: a rehearsal, not for anybody's backups.");
    }
    CeremonyCommand.show(speech, "Plan of " + plan.ceremony(), plan.hash());
    speech.result("SHA-256 of " + SCRIPT + ":  " + Hashes.sha256(text).hex());
    speech.result("SHA-256 of " + PAPER + ": " + Hashes.sha256(paper).hex());
    speech.result(
        new JsonWriter()
            .put("ceremony", plan.ceremony())
            .put("sha256", plan.hash().hex())
            .put("words", Words.of(plan.hash()))
            .put("scriptSha256", Hashes.sha256(text).hex())
            .put("pdfSha256", Hashes.sha256(paper).hex())
            .put("sites", plan.sites().size())
            .put("simulated", plan.simulated()));
    return ExitCode.OK;
  }

  private Plan read() throws Failure, IOException {
    try {
      return PlanSettings.read(file);
    } catch (SettingMistake e) {
      throw new Failure(
          ExitCode.USAGE,
          String.valueOf(e.getMessage()),
          "Mend it and run the command again; nothing was written.");
    }
  }

  /** Nobody's plan is changed under them. */
  private void write(String name, byte[] content) throws Failure, IOException {
    Path target = to.resolve(name);
    if (Files.exists(target) && !java.util.Arrays.equals(Files.readAllBytes(target), content)) {
      throw new Failure(
          ExitCode.USAGE,
          target + " is there already, and another.",
          "Name another directory with --to.");
    }
    AtomicFile.replace(target, content, AtomicFile.Access.ANYBODY);
  }
}
