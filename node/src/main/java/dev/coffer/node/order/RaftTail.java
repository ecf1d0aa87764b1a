package dev.coffer.node.order;

import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogFormat;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;

/**
 * The end of the newest segment of a stopped node's Raft log, which a power cut may tear. What was
 * written last and never forced has been promised to nobody: without it the log is one that the
 * node really had. What was forced and is torn all the same <em>has</em> been promised, and a voter
 * that cuts it off and keeps its name may let committed entries vanish; nobody can tell the two
 * apart. The HSMs stand by what they captured in any case (INV-7). Not thread-safe.
 */
public final class RaftTail {
  /** A CRC-32C behind each entry. */
  private static final int SUM = 4;

  private final LogSegmentPath segment;
  private long sound = SegmentedRaftLogFormat.getHeaderLength();

  private RaftTail(LogSegmentPath segment) {
    this.segment = segment;
  }

  /** Of the segment that is still written to; empty for any other. */
  static Optional<RaftTail> of(LogSegmentPath segment) {
    boolean open = String.valueOf(segment.getPath().getFileName()).startsWith("log_inprogress_");
    return open ? Optional.of(new RaftTail(segment)) : Optional.empty();
  }

  /**
   * Cuts the torn end of a partition's log off. A copy of the segment stays beside the engine's
   * directory, under the name {@code aside}.
   *
   * @param directory the engine's
   * @return whether something was torn there
   */
  public static boolean cut(Path directory, FleetId fleetId, int partition, Path aside)
      throws IOException {
    String name = RatisOrdering.groupId(fleetId, partition).getUuid().toString();
    Path current = directory.resolve(name).resolve("current");
    List<LogSegmentPath> segments =
        Files.isDirectory(current) ? OrderCheck.segments(current) : List.of();
    Optional<RaftTail> tail = segments.isEmpty() ? Optional.empty() : of(segments.getLast());
    return tail.isPresent() && tail.get().cut(aside);
  }

  private boolean cut(Path aside) throws IOException {
    Path file = segment.getPath();
    try {
      int ignored =
          LogSegment.readSegmentFile(
              file.toFile(),
              segment.getStartEnd(),
              OrderCheck.ENTRY_MAX,
              CorruptionPolicy.EXCEPTION,
              null,
              entry -> sound += length(entry));
      return false;
    } catch (IOException | RuntimeException torn) {
      Files.createDirectories(aside);
      Files.copy(file, aside.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(sound);
        channel.force(true);
      }
      return true;
    }
  }

  /** Octets that an entry takes in the file: its length, itself, and a sum. */
  private static long length(LogEntryProto entry) {
    int size = entry.getSerializedSize();
    return (long) CodedOutputStream.computeUInt32SizeNoTag(size) + size + SUM;
  }
}
