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
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code coffer account}: what concerns the account in the vault as a whole. */
@CommandLine.Command(
    name = "account",
    description = "Delete the account's registration in the vault.",
    subcommands = AccountCommand.Delete.class)
final class AccountCommand extends CommandGroup {
  /**
   * {@code coffer account delete}: backups and this device's key stay. No shorter name: other
   * backup programs call it forget when they drop old snapshots.
   */
  @CommandLine.Command(
      name = "delete",
      description =
          "Delete the account's registration in the vault. Backups and the key on this device stay.")
  static final class Delete extends VaultCommand {
    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask for confirmation.")
    private boolean yes;

    Delete(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException, InterruptedException {
      Output speech = speech();
      try (UserVault vault = vault()) {
        String account = vault.device().account();
        Confirmation.ask(
            session(),
            yes,
            "Delete the recovery code of "
                + account
                + "? Without this device, only the 64-digit key opens its backups.");
        boolean deleted = delete(vault);
        vault.device().practice().forget();
        if (!deleted) {
          throw new Failure(
              ExitCode.NOT_REGISTERED,
              "No recovery code is registered for this account.",
              "Check the name given with --account; there is nothing to delete.");
        }
        speech.result("Deleted. The backups open with this device's key or the 64-digit key only.");
        speech.result(new JsonWriter().put("account", account).put("deleted", true));
        return ExitCode.OK;
      }
    }

    private static boolean delete(UserVault vault)
        throws Failure, IOException, InterruptedException {
      Optional<BackupSecret> secret = vault.device().secret();
      try {
        return Verdicts.forgotten(
            vault.forget(Slot.CODE, secret.map(Authority::owner).orElse(Authority.login())));
      } finally {
        secret.ifPresent(BackupSecret::destroy);
      }
    }
  }
}
