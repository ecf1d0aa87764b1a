package dev.coffer.node.order;

import dev.coffer.files.AtomicFile;
import dev.coffer.node.store.OrderPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices, before the engine starts, a Raft log that does not lead up to its store: the store was
 * fetched from peers meanwhile. The engine takes the store for its snapshot, would append the next
 * entry behind the old ones, find a gap, and take no entry ever again. The log cannot be dropped
 * and the voter keep its name: what it has not seen may have changed who votes, and a leader that
 * does not know would undo that. So the directory is made to remember nothing, and the node comes
 * back under a new name (docs/replication.md rule 4).
 */
public final class OvertakenLog {
  private static final Logger LOG = LoggerFactory.getLogger(OvertakenLog.class);

  private long first = Long.MAX_VALUE;
  private long last = -1;
  private boolean otherTerm;

  private OvertakenLog() {}

  /**
   * Makes {@link VoterIdentity#decide} take the directory for one that has forgotten, if a
   * partition's log is missing or ends before its store, or holds an entry of another term where
   * the store says it stands (Raft §7). A log that cannot be read is left to the engine, which
   * refuses it.
   *
   * @param logs one a partition, by number
   */
  public static void forget(OrderSettings settings, List<? extends OrderedLog> logs)
      throws IOException {
    long order = VoterIdentity.order(settings.marker()).number();
    for (int partition = 0; partition < logs.size(); partition++) {
      OrderPosition store = logs.get(partition).durable();
      Path folder =
          RatisOrdering.logFolder(
              settings.directory(), RatisOrdering.groupId(settings.fleetId(), partition, order));
      if (overtaken(folder, store)) {
        LOG.warn(
            "The Raft log of partition {} is missing or does not lead up to the store at {}",
            partition,
            store.index());
        AtomicFile.erase(settings.directory().resolve(VoterIdentity.COPY));
        return;
      }
    }
  }

  static boolean overtaken(Path folder, OrderPosition store) throws IOException {
    if (store.index() < 0) {
      return false;
    }
    if (!Files.isDirectory(folder)) {
      // The engine would make the group anew and vote as if nothing had been.
      return true;
    }
    List<LogSegmentPath> segments = OrderCheck.segments(folder);
    if (segments.isEmpty()) {
      return false;
    }
    OvertakenLog read = new OvertakenLog();
    try {
      // The newest first, until one begins at or before the store.
      for (int i = segments.size() - 1; i >= 0 && read.first > store.index(); i--) {
        read.segment(segments.get(i), store);
      }
    } catch (IOException | RuntimeException e) {
      return false;
    }
    return read.last < store.index() || read.otherTerm;
  }

  private void segment(LogSegmentPath segment, OrderPosition store) throws IOException {
    first = OrderCheck.begin(segment);
    // The one that was begun last may be empty: then the log ends before it.
    last = Math.max(last, first - 1);
    OrderCheck.read(
        segment,
        entry -> {
          last = Math.max(last, entry.getIndex());
          otherTerm |= entry.getIndex() == store.index() && entry.getTerm() != store.term();
        });
  }
}
