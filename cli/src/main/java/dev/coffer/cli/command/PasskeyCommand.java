package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Authority;
import dev.coffer.client.Slot;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code coffer passkey}: each passkey has a slot of its own with the vault, which any client looks
 * at and deletes; setting one up and unlocking with one take a browser.
 */
@CommandLine.Command(
    name = "passkey",
    description = "List and revoke passkeys that open the backups. A browser sets them up.",
    subcommands = {PasskeyCommand.Listing.class, PasskeyCommand.Revoke.class})
final class PasskeyCommand extends CommandGroup {
  private static final List<Slot> SLOTS =
      Slot.ALL.stream().filter(slot -> !slot.equals(Slot.CODE)).toList();

  /** {@code coffer passkey list}. */
  @CommandLine.Command(
      name = "list",
      description = {
        "List which of the account's passkeys the vault has. No guess is used.",
        "Their names are in their unlock files, which the web page reads with the key."
      })
  static final class Listing extends VaultCommand {
    Listing(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException, InterruptedException {
      Output speech = speech();
      checkHome(device());
      try (UserVault vault = vault()) {
        List<String> there = new ArrayList<>();
        for (Slot slot : SLOTS) {
          if (Verdicts.present(vault.registered(slot))) {
            there.add(slot.name());
          }
        }
        String account = vault.device().account();
        if (there.isEmpty()) {
          speech.result("The vault has no passkey of " + account + ".");
        } else {
          there.forEach(speech::result);
          speech.say("One that you did not set up: coffer passkey revoke SLOT.");
        }
        speech.result(new JsonWriter().put("account", account).putTexts("passkeys", there));
        return ExitCode.OK;
      }
    }
  }

  /** {@code coffer passkey revoke}. */
  @CommandLine.Command(
      name = "revoke",
      description =
          "Delete what a passkey opens in the vault. The passkey is not needed; it opens nothing from then on.")
  static final class Revoke extends VaultCommand {
    @Parameters(
        paramLabel = "SLOT",
        description = "passkey-1 to passkey-8, as coffer passkey list prints it.")
    private String name = "";

    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask for confirmation.")
    private boolean yes;

    Revoke(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException, InterruptedException {
      Output speech = speech();
      Slot slot =
          SLOTS.stream()
              .filter(one -> one.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  new Failure(
                      ExitCode.USAGE,
                      "This is no slot of a passkey.",
                      "Name passkey-1 to passkey-8, as coffer passkey list prints it."));
      checkHome(device());
      try (UserVault vault = vault()) {
        String account = vault.device().account();
        Confirmation.ask(
            session(),
            yes,
            "Revoke " + slot.name() + " of " + account + "? It opens nothing then.");
        if (!revoke(vault, slot)) {
          throw new Failure(
              ExitCode.NOT_REGISTERED,
              "The vault has no " + slot.name() + " of " + account + ".",
              "See which there are with coffer passkey list.");
        }
        speech.result("Revoked: " + slot.name() + " of " + account + " opens nothing any more.");
        speech.say("Delete the passkey also where your passkeys are listed.");
        speech.result(
            new JsonWriter()
                .put("account", account)
                .put("passkey", slot.name())
                .put("revoked", true));
        return ExitCode.OK;
      }
    }

    private static boolean revoke(UserVault vault, Slot slot)
        throws Failure, IOException, InterruptedException {
      Optional<BackupSecret> secret = vault.device().secret();
      try {
        return Verdicts.forgotten(
            vault.forget(slot, secret.map(Authority::owner).orElse(Authority.login())));
      } finally {
        secret.ifPresent(BackupSecret::destroy);
      }
    }
  }
}
