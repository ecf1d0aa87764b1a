package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.terminal.Output;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Puts a key onto a device, and looks first whose backups are there: a key that opens nothing never
 * silently takes the place of one that does.
 */
final class KeyChange {
  /** What the backups say of a key. */
  private enum Fit {
    /** They were written under it. */
    OPENS,
    /** They were written under another. */
    OPENS_NOT,
    /** There are none where they should be, or nobody can tell. */
    UNKNOWN
  }

  private final Session session;
  private final Device device;
  private final String place;
  private final RepositoryOption ways;
  private final boolean yes;

  /**
   * @param place where the backups lie
   * @param ways how they are reached
   * @param yes whether to go ahead without asking
   */
  KeyChange(Session session, Device device, String place, RepositoryOption ways, boolean yes) {
    this.session = session;
    this.device = device;
    this.place = place;
    this.ways = ways;
    this.yes = yes;
  }

  /** Keeps the key, or fails if that is not wanted. The key is still the caller's to destroy. */
  void keep(BackupSecret secret, Output speech) throws Failure, IOException {
    boolean another = device.holdsAnother(secret);
    Fit fit = fit(secret);
    if (fit == Fit.OPENS_NOT) {
      Confirmation.ask(
          session,
          yes,
          "The backups in "
              + place
              + " were written under another key than this one"
              + (another ? ", and this device has another key" : "")
              + ". Use this one all the same?");
    } else if (another && fit == Fit.UNKNOWN) {
      Confirmation.ask(
          session,
          yes,
          "This device has another key of "
              + device.account()
              + ", which its backups so far need. Set that one aside?");
    }
    device
        .keep(secret)
        .ifPresent(old -> speech.warn("The key that was here before is kept in " + old + "."));
  }

  private Fit fit(BackupSecret secret) {
    if (!place.contains("://") && !Repository.encloses(Path.of(place))) {
      // Before the store is opened, which would make the folder.
      return Fit.UNKNOWN;
    }
    try (SecretBytes octets = secret.copy();
        BackupKey key = BackupKey.derive(octets)) {
      Repository repository =
          Repository.open(ways.limited(session, place), key, session.clock(), Runnable::run);
      return repository.exists() ? Fit.OPENS : Fit.UNKNOWN;
    } catch (BackupException e) {
      return e.reason() == BackupException.Reason.WRONG_KEY ? Fit.OPENS_NOT : Fit.UNKNOWN;
    } catch (Failure e) {
      // No way into that place from here: what it holds cannot be told.
      return Fit.UNKNOWN;
    }
  }
}
