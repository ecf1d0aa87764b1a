package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Recovery;
import dev.coffer.client.VaultStatus;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.trust.Listing;
import dev.coffer.protocol.account.HistoryItem;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code coffer recover}: brings the key onto this device with the recovery code. */
@CommandLine.Command(
    name = "recover",
    description = "Bring the backup key onto this device with the recovery code (one guess).")
final class RecoverCommand extends UserCommand {
  @Mixin private CodeOptions codes = new CodeOptions();

  RecoverCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    codes.checkSource();
    Output speech = speech();
    try (UserVault vault = vault();
        RecoveryCode code = codes.existing(session())) {
      Recovery.Recovered recovered = Verdicts.recovered(vault.recover(code));
      try {
        say(speech, vault.device().account(), recovered);
      } finally {
        recovered.secret().destroy();
      }
      warnOfAge(vault, speech);
      return ExitCode.OK;
    }
  }

  /** Today it worked; the day on which clients refuse what witnesses have not seen comes. */
  private static void warnOfAge(UserVault vault, Output speech) {
    if (vault.status() instanceof VaultStatus.Known known
        && known.fleet().listing().filter(Listing::stale).isPresent()) {
      speech.warn(
          "No quorum of witnesses has looked at this vault lately. Recoveries will be refused if"
              + " that goes on: tell its operator (coffer bundle refresh).");
    }
  }

  private static void say(Output speech, String account, Recovery.Recovered recovered) {
    speech.result("The code is right: this device has the backup key of " + account + " again.");
    boolean another = !recovered.otherCodes().isEmpty();
    if (another) {
      speech.warn(
          "Another recovery code is registered for this account with a newer fleet of the vault;"
              + " yours was not moved there. If that was not you, change your password now and then"
              + " set your code there with coffer enroll --replace, before the fleet that has it"
              + " today closes.");
    }
    recovered
        .move()
        .filter(move -> !another)
        .ifPresent(move ->
            speech.result(
                move.done()
                    ? "The vault has moved: the code is registered with its new fleet "
                        + move.to().value().hex().substring(0, 16)
                        + "… now, and deleted from the old one."
                    : "The vault is moving: the next recovery registers the code with its new fleet."));
    int others = recovered.otherAttempts();
    if (others > 0) {
      speech.warn(
          "Before this, the code was tried "
              + others
              + (others == 1 ? " time" : " times")
              + " without success. If that was not you, change your password and then the code (coffer change-code).");
    }
    speech.say(
        "Next: coffer restore DIR. What happened to this account lately: "
            + told(recovered.history())
            + ".");
    speech.result(
        new Json()
            .put("account", account)
            .put("recovered", true)
            .put("generation", recovered.generation())
            .put("otherAttempts", others)
            .put("otherCodes", recovered.otherCodes().size())
            .put("moved", recovered.move().filter(Recovery.Move::done).isPresent())
            .putAll(
                "history",
                recovered.history().stream()
                    .map(item ->
                        new Json()
                            .put("kind", item.kind().name())
                            .put("k", item.k())
                            .put("attempt", item.attemptNumber()))
                    .toList()));
  }

  private static String told(List<HistoryItem> history) {
    return String.join(
        ", ",
        history.stream()
            .map(item -> item.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '))
            .toList());
  }
}
