package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.DepositKey;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.Problem;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.deposit.DepositInbox;
import dev.coffer.backup.deposit.DepositReport;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one backup has to do with the device's deposit box. An inbox in trouble stops no backup. */
final class Deposits {
  /** Of a device without a box. */
  static final Deposits NONE = new Deposits(Optional.empty(), "");

  /** The way to the inbox. */
  @FunctionalInterface
  interface Inbox {
    ObjectStore at(String place) throws Failure, BackupException;
  }

  private final Optional<DepositInbox> inbox;
  private final String place;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> notices = new ArrayList<>();
  private int taken;

  private Deposits(Optional<DepositInbox> inbox, String place) {
    this.inbox = inbox;
    this.place = place;
  }

  /** Takes in, if the folder lies in what is backed up. */
  static Deposits takeIn(DepositSettings settings, Inbox ways, DepositKey key, List<Path> sources)
      throws IOException {
    Path folder = settings.folder();
    boolean inside = false;
    for (Path source : sources) {
      // Not made where it is missing: the disk that it is on may not be mounted.
      inside |= Files.isDirectory(folder) && folder.toRealPath().startsWith(source.toRealPath());
    }
    if (!inside) {
      Deposits none = new Deposits(Optional.empty(), settings.place());
      String sentence = "deposits are not taken in: " + folder + " is not in this backup";
      none.notices.add(none.problem(sentence));
      return none;
    }
    try {
      Deposits deposits =
          new Deposits(
              Optional.of(
                  new DepositInbox(
                      ways.at(settings.place()), FolderStore.at(folder), key, settings.writers())),
              settings.place());
      DepositReport report = deposits.inbox.orElseThrow().takeIn();
      deposits.taken = report.taken();
      deposits.problems.addAll(report.problems());
      deposits.notices.addAll(report.notices());
      return deposits;
    } catch (BackupException e) {
      return failed(settings, String.valueOf(e.getMessage()));
    } catch (Failure e) {
      return failed(settings, e.what() + " " + e.next());
    }
  }

  private static Deposits failed(DepositSettings settings, String why) {
    Deposits failed = new Deposits(Optional.empty(), settings.place());
    failed.problems.add(failed.problem("deposits are not taken in: " + why));
    return failed;
  }

  private Problem problem(String sentence) {
    return new Problem(Problem.Kind.DEPOSIT_MISSING, place, sentence);
  }

  /** Removes from the inbox what the snapshot holds. */
  void clear(Repository repository, SnapshotId id) {
    if (inbox.isEmpty()) {
      return;
    }
    try {
      int staying = inbox.get().clear(repository, id);
      if (staying > 0) {
        String sentence =
            "deposits stay in the inbox, because this backup leaves them out: " + staying;
        notices.add(problem(sentence));
      }
    } catch (BackupException e) {
      notices.add(problem("what was taken in stays in the inbox for now: " + e.getMessage()));
    }
  }

  int taken() {
    return taken;
  }

  List<Problem> problems() {
    return problems;
  }

  List<Problem> notices() {
    return notices;
  }
}
