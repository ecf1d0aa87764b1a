package dev.coffer.backup.object;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.SnapshotId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lists of objects that a prune found useless and a later prune will delete: {@code
 * condemned/<time>-<mac>}. A backup that starts after such a list was written relies on nothing in
 * it.
 *
 * @param path where the list is
 * @param time when it was written, to the second
 * @param names what it condemns
 */
public record Condemned(String path, Instant time, Set<DataName> names) {
  public static final String PREFIX = "condemned/";

  /** So that a list fits in one object. */
  private static final int NAMES_MAX = 50_000;

  private static final String FIRST = "coffer-condemned 1";

  /** All lists; {@code unreadable} gets the names of those that cannot be read. */
  public static List<Condemned> readAll(SealedObjects objects, List<String> unreadable)
      throws BackupException {
    List<SnapshotId> ids = new ArrayList<>();
    objects
        .store()
        .list(
            PREFIX,
            object ->
                // The names are built like those of snapshots.
                SnapshotId.parse(object.name().substring(PREFIX.length())).ifPresent(ids::add));
    List<Condemned> lists = new ArrayList<>();
    for (SnapshotId id : ids) {
      String path = PREFIX + id;
      try {
        String text =
            new String(objects.read(ObjectKind.CONDEMNED, path, id.mac()), StandardCharsets.UTF_8);
        parse(path, id.time(), text).ifPresentOrElse(lists::add, () -> unreadable.add(path));
      } catch (DamagedObject e) {
        unreadable.add(path);
      }
    }
    return lists;
  }

  private static Optional<Condemned> parse(String path, Instant time, String text) {
    List<String> lines = text.lines().toList();
    boolean framed =
        lines.size() >= 3
            && lines.get(0).equals(FIRST)
            && lines.get(lines.size() - 1).equals("end");
    if (!framed || !lines.get(1).equals("time " + SnapshotId.formatTime(time))) {
      return Optional.empty();
    }
    Set<DataName> names = new HashSet<>();
    for (String line : lines.subList(2, lines.size() - 1)) {
      DataName.parse(line).ifPresent(names::add);
    }
    return names.size() == lines.size() - 3
        ? Optional.of(new Condemned(path, time, names))
        : Optional.empty();
  }

  /** All names on {@code lists}. */
  public static Set<DataName> union(List<Condemned> lists) {
    Set<DataName> union = new HashSet<>();
    for (Condemned list : lists) {
      union.addAll(list.names());
    }
    return union;
  }

  /** Writes as many lists as it takes, durably. */
  public static void write(SealedObjects objects, Instant time, List<DataName> names)
      throws BackupException {
    for (int from = 0; from < names.size(); from += NAMES_MAX) {
      StringBuilder text =
          new StringBuilder(FIRST)
              .append("\ntime ")
              .append(SnapshotId.formatTime(time))
              .append('\n');
      for (DataName name : names.subList(from, Math.min(names.size(), from + NAMES_MAX))) {
        text.append(name.text()).append('\n');
      }
      byte[] content = text.append("end\n").toString().getBytes(StandardCharsets.UTF_8);
      String mac = objects.mac(ObjectKind.CONDEMNED, content, content.length).hex();
      objects.write(PREFIX + SnapshotId.of(time, mac), content, content.length);
    }
    objects.store().flush();
  }
}
