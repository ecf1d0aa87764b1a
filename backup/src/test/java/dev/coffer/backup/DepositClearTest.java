package dev.coffer.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.deposit.DepositInbox;
import dev.coffer.backup.deposit.Depositor;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When a deposit leaves the inbox: not before a snapshot holds it in its place, whatever else it
 * holds.
 */
class DepositClearTest {
  @TempDir private Path home;
  private final FaultyStore inbox = new FaultyStore();
  private Sandbox sandbox;
  private Path folder;
  private DepositKey key;

  @BeforeEach
  void deposit() throws Exception {
    sandbox = new Sandbox(home.toRealPath());
    sandbox.write("photo", Sandbox.prose(1, 1000));
    folder = sandbox.data.resolve("messages");
    key = DepositKey.derive(SecretBytes.copyOf(sandbox.k));
    for (String text : List.of("one", "two")) {
      new Depositor(
              inbox,
              new FaultyStore(),
              key.recipient(),
              seed(),
              Clock.fixed(sandbox.nextClock().instant(), ZoneOffset.UTC))
          .put(text.getBytes(UTF_8));
    }
    assertEquals(2, inbox.objects.size());
  }

  private static SecretBytes seed() {
    return SecretBytes.wrap(new byte[32]);
  }

  private DepositInbox box() throws BackupException {
    Bytes writer = Ed25519.publicKey(seed());
    return new DepositInbox(inbox, FolderStore.at(folder), key, List.of(writer));
  }

  /** How many stay after a backup with these options. */
  private int cleared(DepositInbox box, BackupOptions options) throws BackupException {
    Repository opened = sandbox.open();
    SnapshotId id = opened.backup(sandbox.data, options, ProgressListener.NONE).snapshot().id();
    return box.clear(opened, id);
  }

  private Path file(String directory, int number) throws Exception {
    try (var files =
        Files.list(sandbox.data.resolve(directory).resolve(Ed25519.publicKey(seed()).hex()))) {
      return files.sorted().toList().get(number);
    }
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.createDirectories(to.getParent());
    Files.copy(from, to);
  }

  @Test
  void whatASnapshotHoldsInItsPlaceLeaves() throws Exception {
    DepositInbox box = box();
    assertEquals(2, box.takeIn().taken());
    assertEquals(0, cleared(box, BackupOptions.standard()));
    assertTrue(inbox.objects.isEmpty());
  }

  /** Copies elsewhere, in pieces, are what a restore would bring without their state. */
  @Test
  void copiesElsewhereDoNotCount() throws Exception {
    DepositInbox box = box();
    assertEquals(2, box.takeIn().taken());
    for (int i = 0; i < 2; i++) {
      Path entry = file("messages", i);
      copy(entry, sandbox.data.resolve("old").resolve(folder.relativize(entry)));
    }
    copy(folder.resolve(DepositInbox.STATE), sandbox.data.resolve("notes/" + DepositInbox.STATE));
    BackupOptions without =
        BackupOptions.standard().withExclude(path -> path.startsWith("messages"));
    assertEquals(2, cleared(box, without));
    assertEquals(2, inbox.objects.size());
  }

  /** One file that became something else keeps its own deposit, and no other. */
  @Test
  void whatIsNoFileAnyMoreKeepsItsDepositAlone() throws Exception {
    DepositInbox box = box();
    box.takeIn();
    Path odd = file("messages", 0);
    Files.delete(odd);
    Files.createDirectories(odd.resolve("below"));
    assertEquals(1, cleared(box, BackupOptions.standard()));
    assertEquals(1, inbox.objects.size());
    assertTrue(inbox.objects.firstKey().endsWith(odd.getFileName().toString()));
  }
}
