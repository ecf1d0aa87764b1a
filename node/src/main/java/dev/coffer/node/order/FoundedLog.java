package dev.coffer.node.order;

import dev.coffer.files.AtomicFile;
import dev.coffer.node.store.OrderPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;

/**
 * What a founder's engine finds when an order begins that does not begin at nothing: the term, and
 * one entry that says nothing, the same at every founder. A leader needs it to speak of what stands
 * before its own first entry to whoever has not even that (Raft §5.3).
 */
final class FoundedLog {
  private static final int BUFFER = 4 << 10;

  private FoundedLog() {}

  /**
   * Writes it durably.
   *
   * @param folder the engine's of one group, with nothing in it
   */
  static void write(Path folder, OrderPosition start) throws IOException {
    TermFile.write(folder.resolve(TermFile.NAME), start.term(), "");
    Path segment = folder.resolve("log_inprogress_" + start.index());
    try (SegmentedRaftLogOutputStream out =
        new SegmentedRaftLogOutputStream(
            segment.toFile(), false, BUFFER, BUFFER, ByteBuffer.allocateDirect(BUFFER))) {
      out.write(LogProtoUtils.toLogEntryProto(start.index() - 1, start.term(), start.index()));
    }
    AtomicFile.force(folder);
  }
}
