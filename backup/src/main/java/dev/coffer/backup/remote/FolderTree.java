package dev.coffer.backup.remote;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.StoredObject;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The objects in a server's folders, of which it is believed nothing. Thread-safe. */
public final class FolderTree {
  private static final Set<String> NOBODYS = Set.of("lost+found", ObjectNames.TEMPORARY);

  private final String place;
  private final Members server;

  /**
   * A file or folder; nothing else is one of ours.
   *
   * @param name its last part, of whatever characters
   * @param size in octets, −1 if the server does not say
   * @param modified the latest possible time if the server does not say
   */
  public record Member(String name, boolean folder, long size, Instant modified) {}

  /** How the server is asked. */
  @FunctionalInterface
  public interface Members {
    /** What is in a folder, empty or with a slash at its end; nothing if it is not there. */
    List<Member> of(String folder) throws BackupException;
  }

  /** Removes a file, by its name; one that is absent already is fine. */
  @FunctionalInterface
  public interface Removal {
    void of(String name) throws BackupException;
  }

  /**
   * The tree of one store.
   *
   * @param place as sentences name it
   */
  public FolderTree(String place, Members server) {
    this.place = place;
    this.server = server;
  }

  /** As {@link dev.coffer.backup.ObjectStore#isEmpty}. */
  public boolean isEmpty() throws BackupException {
    return server.of("").stream().allMatch(member -> NOBODYS.contains(member.name()));
  }

  /** As {@link dev.coffer.backup.ObjectStore#list}. */
  public void list(String prefix, Consumer<StoredObject> sink) throws BackupException {
    list(prefix.substring(0, prefix.lastIndexOf('/') + 1), prefix, 1, new AtomicLong(), sink);
  }

  private void list(
      String folder, String prefix, int depth, AtomicLong count, Consumer<StoredObject> sink)
      throws BackupException {
    for (Member member : server.of(folder)) {
      String name = folder + member.name();
      boolean ours = !name.equals(ObjectNames.TEMPORARY) && ObjectNames.isName(name);
      if (count.incrementAndGet() > BackupLimits.OBJECTS_MAX || depth > ObjectNames.PARTS_MAX) {
        throw ObjectNames.endless(place);
      }
      if (ours && member.folder() && (name + "/").startsWith(prefix)) {
        list(name + "/", prefix, depth + 1, count, sink);
      } else if (ours && !member.folder() && name.startsWith(prefix) && member.size() >= 0) {
        sink.accept(new StoredObject(name, member.size()));
      }
    }
  }

  /** As {@link dev.coffer.backup.ObjectStore#sweep}. */
  public void sweep(Instant before, Removal removal) throws BackupException {
    for (Member leftover : server.of(ObjectNames.TEMPORARY + "/")) {
      if (!leftover.folder()
          && ObjectNames.isName(leftover.name())
          && leftover.modified().isBefore(before)) {
        removal.of(ObjectNames.TEMPORARY + "/" + leftover.name());
      }
    }
  }
}
