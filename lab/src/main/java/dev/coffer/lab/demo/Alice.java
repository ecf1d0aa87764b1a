package dev.coffer.lab.demo;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.BackupReport;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.lab.sample.TreeComparison;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Alice: enrols, backs up, loses her phone, recovers and restores. */
final class Alice {
  static final String ACCOUNT = "alice";

  private final Session session;
  private final Story story;
  private final Path home;
  private final Device oldPhone;
  private final Device newPhone;

  Alice(Session session, Story story, Path home) {
    this.session = session;
    this.story = story;
    this.home = home;
    this.oldPhone = Demonstration.device(home, "old-phone", ACCOUNT);
    this.newPhone = Demonstration.device(home, "new-phone", ACCOUNT);
  }

  void enrol() throws Failure, IOException, InterruptedException {
    story.step("Alice chooses a recovery code");
    try (UserVault vault = UserVault.open(session, home, oldPhone, Demonstration.WAIT);
        RecoveryCode code = Codes.of(Codes.ALICE)) {
      Enrolment enrolment = vault.enrol(code, false);
      if (!(enrolment instanceof Enrolment.Enrolled)) {
        throw unexpected("Alice could not enrol", enrolment.whatToDoNext());
      }
    }
    story.tell(
        "Her phone made a key, wrapped it under the code with all five HSMs' help, and stored the wrapped key.");
    story.tell(
        "A quorum of HSMs has signed that they hold it. None of them has seen the code or the key.");
  }

  void backUp(Path phone) throws Failure, IOException, BackupException {
    story.step("She backs up");
    BackupReport report;
    ExecutorService executor = threads();
    try (BackupKey key = key(oldPhone);
        Progress progress = story.speech().progress("Backing up", 0, Progress.Unit.MEGABYTES)) {
      report = repository(key, executor).backup(phone, at -> progress.at(at.bytes(), 0));
    } finally {
      executor.shutdownNow();
    }
    if (report.partial()) {
      story.tell(
          "Not everything could be read: "
              + Sizes.printable(report.problems().getFirst().toString()));
    }
    story.tell(
        Sizes.count(report.files(), "file")
            + ", "
            + Sizes.bytes(report.bytes())
            + ": "
            + Sizes.bytes(report.bytesStored())
            + " of ciphertext stored, in files that the age tool can read too.");
  }

  void loseThePhone() throws IOException {
    story.step("The phone is gone");
    oldPhone.wipe();
    story.tell(
        "Its keys and state are erased. What is left: ciphertext in the store, and a code in Alice's head.");
  }

  void recover() throws Failure, IOException, InterruptedException {
    story.step("A new phone, the same code");
    try (UserVault vault = UserVault.open(session, home, newPhone, Demonstration.WAIT);
        RecoveryCode code = Codes.of(Codes.ALICE)) {
      Recovery recovery = vault.recover(code);
      if (!(recovery instanceof Recovery.Recovered recovered)) {
        throw unexpected("Alice could not recover", recovery.whatToDoNext());
      }
      recovered.secret().destroy();
    }
    story.tell(
        "The HSMs counted the guess, then each applied its share of her key; the phone combined the answers.");
    story.tell("The code was right: her key is back, and the counter is reset.");
  }

  TreeComparison restoreAndCompare(Path phone) throws Failure, IOException, BackupException {
    story.step("She restores");
    Path restored = home.resolve("restored");
    RestoreReport report;
    ExecutorService executor = threads();
    try (BackupKey key = key(newPhone);
        Progress progress = story.speech().progress("Restoring", 0, Progress.Unit.MEGABYTES)) {
      report =
          repository(key, executor)
              .restore(Optional.empty(), restored, at -> progress.at(at.bytes(), 0));
    } finally {
      executor.shutdownNow();
    }
    TreeComparison comparison = TreeComparison.of(phone, restored);
    story.tell(
        "Restored "
            + Sizes.count(report.filesRestored(), "file")
            + "; now comparing with the lost phone:");
    story.tell(
        comparison.differences().isEmpty()
            ? Sizes.count(comparison.files(), "file")
                + ", "
                + Sizes.bytes(comparison.bytes())
                + ": every byte and every name is the same."
            : Sizes.count(comparison.differences().size(), "difference") + " found.");
    return comparison;
  }

  private Repository repository(BackupKey key, ExecutorService executor) throws BackupException {
    return Repository.open(FolderStore.at(home.resolve("cloud")), key, session.clock(), executor);
  }

  private static ExecutorService threads() {
    return Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()));
  }

  private static BackupKey key(Device device) throws IOException {
    try (BackupSecret secret = device.secret().orElseThrow();
        SecretBytes octets = secret.copy()) {
      return BackupKey.derive(octets);
    }
  }

  static Failure unexpected(String what, String next) {
    return new Failure(ExitCode.FAILED, "The demonstration failed: " + what + ".", next);
  }
}
