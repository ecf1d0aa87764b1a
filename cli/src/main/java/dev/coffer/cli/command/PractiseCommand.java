package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Times;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.time.Instant;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code coffer practise}: whether its owner still knows the code, told by this device alone. */
@CommandLine.Command(
    name = "practise",
    aliases = "practice",
    description =
        "Try to remember the recovery code. This device alone checks it; no guess is used.")
final class PractiseCommand extends UserCommand {
  @Mixin private CodeOptions codes = new CodeOptions();

  PractiseCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    codes.checkSource();
    Device device = device();
    checkHome(device);
    if (!device.practice().possible()) {
      throw new Failure(
          ExitCode.NOT_REGISTERED,
          "This device keeps nothing to check the code of " + device.account() + " against.",
          "After the next coffer recover, enroll or change-code with --practice it does.");
    }
    Output speech = speech();
    Instant since = device.practice().since();
    try (CodeOptions.Existing code = codes.existing(session(), false)) {
      boolean right = device.practice().isRight(code.code());
      if (!right && code.earlier().isPresent()) {
        // Free here, unlike at the vault: the code may have been recovered in its earlier form.
        right = device.practice().isRight(code.earlier().get());
      }
      if (!right) {
        throw new Failure(
            ExitCode.WRONG_CODE,
            "That is not the code that this device kept on "
                + Times.local(since)
                + "; no guess was used.",
            "Try again as often as you like, or set another with coffer change-code while this device has the key.");
      }
    }
    speech.result(
        "That is the code that this device kept on "
            + Times.local(since)
            + "; whether it was changed elsewhere since then, only the vault knows. No guess was used.");
    CodeState state = CodeState.of(device);
    state.warning().ifPresent(speech::warn);
    speech.result(
        new JsonWriter()
            .put("account", device.account())
            .put("right", true)
            .put("since", since.toString())
            .put("registered", state.registered()));
    return ExitCode.OK;
  }
}
