package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Recovery;
import dev.coffer.client.VaultStatus;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.trust.Listing;
import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer recover}: brings the key onto this device with the recovery code. */
@CommandLine.Command(
    name = "recover",
    description = "Bring the backup key onto this device with the recovery code (one guess).")
final class RecoverCommand extends UserCommand {
  @Mixin private CodeOptions codes = new CodeOptions();

  @Mixin private PracticeOption practice = new PracticeOption();

  @Mixin private RepositoryOption repository = new RepositoryOption();

  @Option(
      names = "--last",
      description = "Send the code even where no guess is left, which erases the key for good.")
  private boolean last;

  @Option(
      names = "--earlier-form",
      description =
          "Take the code as versions before 0.2 registered it: typographic quotes and dashes, spaces at its ends and"
              + " spaces between digits count.")
  private boolean earlierForm;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask before another key of this device is set aside.")
  private boolean yes;

  RecoverCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    codes.checkSource();
    Output speech = speech();
    String place = repository.place(home(), device());
    try (UserVault vault = vault()) {
      checkGuesses(vault);
      try (CodeOptions.Existing code = codes.existing(session(), earlierForm)) {
        Recovery.Recovered recovered =
            Verdicts.recovered(vault.recover(code.code()), code.earlier().isPresent());
        try (BackupSecret secret = recovered.secret()) {
          if (vault.device().holdsAnother(secret)) {
            new KeyChange(session(), vault.device(), place, yes).keep(secret, speech);
          }
          practice.keep(session(), vault.device(), code.code());
          say(speech, vault.device().account(), recovered);
        }
      }
      warnOfAge(vault, speech);
      return ExitCode.OK;
    }
  }

  /** Today it worked; the day on which clients refuse what witnesses have not seen comes. */
  private static void warnOfAge(UserVault vault, Output speech) {
    try {
      if (vault.status() instanceof VaultStatus.Known known
          && known.fleet().listing().filter(Listing::stale).isPresent()) {
        speech.warn(
            "No quorum of witnesses has looked at this vault lately. Recoveries will be refused if"
                + " that goes on: tell its operator (coffer bundle refresh).");
      }
    } catch (Failure later) {
      // The key is here: what cannot be asked now is the next command's to tell.
      return;
    }
  }

  /** After the last guess the next message erases the key, whatever the code in it. */
  private void checkGuesses(UserVault vault) throws Failure, IOException {
    if (vault.guessesLeft().equals(OptionalInt.of(0))) {
      Confirmation.ask(
          session(),
          last,
          "As far as this device knows, no guess is left: sending any code, even the right one, makes the vault"
              + " erase the key for good. Send it?",
          "--last");
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
        new JsonWriter()
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
                        new JsonWriter()
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
