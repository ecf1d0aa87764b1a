package dev.coffer.node.order;

import dev.coffer.files.AtomicFile;
import dev.coffer.node.store.OrderPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops a stopped node's Raft log that ends before its store. The store has been fetched from the
 * peers meanwhile, and holds what every entry of that log did. The engine would append the next
 * entry behind the old ones, find a gap, and take no entry ever again; without the old ones it
 * begins where the store stands, as after any snapshot (Raft §7: a server discards a log that a
 * snapshot covers). Term and vote stand in a file of their own and stay.
 */
final class OvertakenLog {
  private static final Logger LOG = LoggerFactory.getLogger(OvertakenLog.class);

  private OvertakenLog() {}

  /**
   * Drops the log in {@code folder} if it ends before {@code store}. A log that cannot be read is
   * left to the engine, which refuses it.
   */
  static void drop(Path folder, OrderPosition store) throws IOException {
    List<LogSegmentPath> segments =
        Files.isDirectory(folder) ? OrderCheck.segments(folder) : List.of();
    if (segments.isEmpty() || end(segments) >= store.index()) {
      return;
    }
    LOG.warn(
        "The Raft log ends before the store, at {}, which was fetched from peers: it begins anew",
        store.index());
    for (LogSegmentPath segment : segments) {
      Files.delete(segment.getPath());
    }
    AtomicFile.force(folder);
  }

  /** The index of the last entry, or -1; as large as can be where one is damaged. */
  private static long end(List<LogSegmentPath> segments) {
    AtomicLong last = new AtomicLong(-1);
    try {
      // A segment that was begun last may be empty.
      for (int i = segments.size() - 1; i >= 0 && last.get() < 0; i--) {
        int ignored =
            LogSegment.readSegmentFile(
                segments.get(i).getPath().toFile(),
                segments.get(i).getStartEnd(),
                SizeInBytes.valueOf(RaftTail.ENTRY_MAX),
                CorruptionPolicy.EXCEPTION,
                null,
                entry -> last.set(entry.getIndex()));
      }
      return last.get();
    } catch (IOException | RuntimeException e) {
      return Long.MAX_VALUE;
    }
  }
}
