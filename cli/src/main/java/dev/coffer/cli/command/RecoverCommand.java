package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Recovery;
import dev.coffer.client.secret.BackupSecret;
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
final class RecoverCommand extends VaultCommand {
  /** With so many guesses left, or an unknown number, none is spent on a form that may be wrong. */
  private static final int FEW = 2;

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
          "Take the code as earlier versions registered it: typographic quotes and dashes, spaces at its ends and"
              + " spaces between digits count.")
  private boolean earlierForm;

  @Option(
      names = "--present-form",
      description =
          "Take the code as this version registers it, and do not ask where earlier versions took it for another"
              + " and few guesses may be left.")
  private boolean presentForm;

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
    if (earlierForm && presentForm) {
      throw new Failure(
          ExitCode.USAGE,
          "The code is to be taken in two forms.",
          "Give --earlier-form or --present-form: each is a guess of its own.");
    }
    Output speech = speech();
    String place = repository.place(home(), device());
    try (UserVault vault = vault()) {
      checkGuesses(vault);
      try (CodeOptions.Existing code = codes.existing(session(), earlierForm)) {
        if (code.earlier().isPresent()) {
          checkForm(vault);
        }
        Recovery.Recovered recovered =
            Verdicts.recovered(vault.recover(code.code()), code.earlier().isPresent());
        try (BackupSecret secret = recovered.secret()) {
          if (vault.device().holdsAnother(secret)) {
            new KeyChange(session(), vault.device(), place, repository, yes).keep(secret, speech);
          }
          practice.keep(session(), vault.device(), code.code());
          say(speech, vault.device().account(), recovered);
        }
      }
      return ExitCode.OK;
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

  /** Which form of the code was registered is the user's to say before one of the last guesses. */
  private void checkForm(UserVault vault) throws Failure, IOException {
    OptionalInt left = vault.guessesLeft();
    if (left.isPresent() && left.getAsInt() > FEW) {
      return;
    }
    Confirmation.ask(
        session(),
        presentForm,
        "Earlier versions took the quotes, dashes or spaces of this code for another code, and "
            + (left.isPresent()
                ? "few guesses are left: " + left.getAsInt()
                : "this device does not know how many guesses are left")
            + ". If the code was set with one of them, answer n and add --earlier-form. Send it as it is taken now?",
        "--present-form (or --earlier-form, for a code set with an earlier version)");
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
    if (recovered.guessesUsed() > 0) {
      speech.warn(
          "Attempts that were counted after yours stay counted. Guesses left: "
              + recovered.guessesLeft().orElseThrow()
              + ". The next right code frees them.");
    }
    if (recovered.staleListing()) {
      speech.warn(
          "No quorum of witnesses has looked at this vault lately. Recoveries will be refused if"
              + " that goes on: tell its operator (coffer bundle refresh).");
    }
    speech.say(
        "Next: coffer restore DIR. What happened to this account lately: "
            + told(recovered.history())
            + ".");
    JsonWriter json =
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
                    .toList());
    recovered.guessesLeft().ifPresent(left -> json.put("guessesLeft", left));
    speech.result(json);
  }

  private static String told(List<HistoryItem> history) {
    return String.join(
        ", ",
        history.stream()
            .map(item -> item.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '))
            .toList());
  }
}
