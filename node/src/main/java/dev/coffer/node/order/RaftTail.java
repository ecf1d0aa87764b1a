package dev.coffer.node.order;

import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogFormat;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;

/**
 * The end of the newest segment of a stopped node's Raft log, which a power cut may tear. What was
 * written last and never forced has been promised to nobody: without it the log is one that the
 * node really had. What was forced and is torn all the same <em>has</em> been promised, and a voter
 * that cuts it off and keeps its name may let committed entries vanish; nobody can tell the two
 * apart. So an end is torn only if not one entry behind the damage is whole. The HSMs stand by what
 * they captured in any case (INV-7). Not thread-safe.
 */
public final class RaftTail {
  /** A CRC-32C behind each entry, over its length and itself. */
  private static final int SUM = 4;

  /**
   * Octets of the largest entry, for whoever reads a log: the engine takes no payload larger than
   * its appender's buffer, 1 MiB, and what it puts around it (term, index, the client's name and
   * number) is far below the rest.
   */
  static final int ENTRY_MAX = (1 << 20) + (64 << 10);

  /** Octets of an entry's length. */
  private static final int LENGTH_MAX = 4;

  /** Every entry begins with its term: field 1, a number. */
  private static final byte TERM = 1 << 3;

  private final Path file;
  private final boolean damaged;
  private long sound = SegmentedRaftLogFormat.getHeaderLength();

  private RaftTail(LogSegmentPath segment) {
    this.file = segment.getPath();
    boolean whole;
    try {
      OrderCheck.read(segment, entry -> sound += length(entry));
      whole = true;
    } catch (IOException | RuntimeException e) {
      whole = false;
    }
    this.damaged = !whole;
  }

  /** Whether nothing but the end of {@code segment} is damaged, and it is the one written to. */
  static boolean torn(LogSegmentPath segment) throws IOException {
    return isOpen(segment) && new RaftTail(segment).torn();
  }

  private static boolean isOpen(LogSegmentPath segment) {
    return String.valueOf(segment.getPath().getFileName()).startsWith("log_inprogress_");
  }

  /**
   * Cuts the torn end of a partition's log off. A copy of the segment is made first, in {@code
   * aside}.
   *
   * @param directory the engine's
   * @param order the number of the order, see {@link VoterIdentity#order}
   * @return whether something was torn there
   */
  public static boolean cut(Path directory, FleetId fleetId, int partition, long order, Path aside)
      throws IOException {
    Path current =
        RatisOrdering.logFolder(directory, RatisOrdering.groupId(fleetId, partition, order));
    List<LogSegmentPath> segments =
        Files.isDirectory(current) ? OrderCheck.segments(current) : List.of();
    if (segments.isEmpty() || !isOpen(segments.getLast())) {
      return false;
    }
    RaftTail tail = new RaftTail(segments.getLast());
    if (!tail.torn()) {
      return false;
    }
    tail.cut(aside);
    return true;
  }

  private void cut(Path aside) throws IOException {
    Files.createDirectories(aside);
    Path copy = aside.resolve(file.getFileName());
    Files.copy(file, copy);
    force(copy);
    force(aside);
    force(Objects.requireNonNull(aside.toAbsolutePath().getParent()));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(sound);
      channel.force(true);
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private boolean torn() throws IOException {
    if (!damaged) {
      return false;
    }
    byte[] octets = Files.readAllBytes(file);
    int header = SegmentedRaftLogFormat.getHeaderLength();
    boolean begins =
        octets.length >= header && SegmentedRaftLogFormat.matchHeader(octets, 0, header) == header;
    if (!begins) {
      return false;
    }
    for (int at = Math.toIntExact(sound); at < octets.length; at++) {
      if (entryAt(octets, at)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a whole entry stands at {@code at}. */
  private static boolean entryAt(byte[] octets, int at) {
    // The length in sevens of bits, the lowest first; each octet but the last is negative.
    int length = 0;
    int begin = at;
    boolean more = true;
    while (more && begin < octets.length && begin - at < LENGTH_MAX) {
      length |= (octets[begin] & 0x7f) << 7 * (begin - at);
      more = octets[begin++] < 0;
    }
    // Nearly all places fail here.
    if (more || begin >= octets.length || octets[begin] != TERM) {
      return false;
    }
    if (length < 2 || length > ENTRY_MAX || begin + length + SUM > octets.length) {
      return false;
    }
    CRC32C sum = new CRC32C();
    sum.update(octets, at, begin - at + length);
    int stored = ByteBuffer.wrap(octets, begin + length, SUM).getInt();
    return (int) sum.getValue() == stored;
  }

  /** Octets that an entry takes in the file: its length, itself, and a sum. */
  private static long length(LogEntryProto entry) {
    int size = entry.getSerializedSize();
    return (long) CodedOutputStream.computeUInt32SizeNoTag(size) + size + SUM;
  }
}
