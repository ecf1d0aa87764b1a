package dev.coffer.verification.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/** What a stopped node's Raft log holds, read with the engine's own reader. */
final class RaftLog {
  private static final SizeInBytes ENTRY_MAX = SizeInBytes.valueOf("16MB");

  private RaftLog() {}

  /**
   * The indices of the entries that carry operations, up to the first that is not whole; entries of
   * the engine itself, as after an election, are not among them.
   */
  static List<Long> operations(Path raftDirectory) throws IOException {
    List<Long> indices = new ArrayList<>();
    for (LogSegmentPath segment : segments(raftDirectory)) {
      try {
        int ignored =
            LogSegment.readSegmentFile(
                segment.getPath().toFile(),
                segment.getStartEnd(),
                ENTRY_MAX,
                CorruptionPolicy.EXCEPTION,
                null,
                entry -> {
                  if (entry.hasStateMachineLogEntry()) {
                    indices.add(entry.getIndex());
                  }
                });
      } catch (IOException | RuntimeException e) {
        // The node's own check says what is wrong with it.
        return indices;
      }
    }
    return indices;
  }

  private static List<LogSegmentPath> segments(Path raftDirectory) throws IOException {
    if (!Files.isDirectory(raftDirectory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(raftDirectory)) {
      return files
          .filter(file -> file.getParent().endsWith("current"))
          .map(LogSegmentPath::matchLogSegment)
          .filter(Objects::nonNull)
          .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
