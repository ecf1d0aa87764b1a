package dev.coffer.backup;

import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.Snapshots;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.ListingLine;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Writes snapshots as the first version of the format had them. */
final class OldFormat {
  private OldFormat() {}

  /** Puts a first-format snapshot in the place of the only one, whose list is one page. */
  static void rewrite(ObjectStore store, Sandbox sandbox) throws Exception {
    SealedObjects objects = new SealedObjects(store, sandbox.key());
    StoredSnapshot now = new Snapshots(objects).all().readable().get(0);
    String list =
        new String(objects.readData(now.pages().get(0).object()), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.startsWith("a\t"))
            .collect(Collectors.joining("\n", "", "\n"));
    byte[] page = list.getBytes(StandardCharsets.UTF_8);
    DataName name = DataName.of(objects.mac(ObjectKind.DATA, page, page.length), 0);
    objects.write(name.path(), page, page.length);
    String text =
        "coffer-snapshot 1\n"
            + now.text().text().lines().skip(1).limit(7).collect(Collectors.joining("\n"))
            + "\n"
            + ListingLine.of(new Piece(name, 0, page.length))
            + "\nend\n";
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    String mac = objects.mac(ObjectKind.SNAPSHOT, octets, octets.length).hex();
    objects.write(SnapshotId.of(now.id().time(), mac).path(), octets, octets.length);
    store.delete(now.id().path());
  }
}
