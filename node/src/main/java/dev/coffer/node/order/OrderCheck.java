package dev.coffer.node.order;

import dev.coffer.node.check.Finding.RepairAction;
import dev.coffer.node.check.Findings;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/**
 * Looks at a stopped node's Raft directory: voter's marker and its copy, term and vote, every log
 * entry's sum and place. Reads with the engine's own reader; writes nothing. Not thread-safe.
 */
public final class OrderCheck {
  private static final String LET_IN =
      "Start the node: it comes back under a new voter name, which a leader of the others has to let in. If a majority"
          + " has lost its Raft log, run coffer node rebuild-order instead.";

  private static final String NEW_VOTER =
      "Run coffer node repair and start the node: raft.directory is moved aside, and the node comes back under a new"
          + " voter name and takes the log from the leader.";

  /** The engine's reader takes a segment for the place that its name says, and does not compare. */
  private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?([0-9]{1,18}).*");

  private final Path directory;
  private final Path marker;
  private final FleetId fleetId;
  private final Findings findings;
  private boolean forgotten;

  /** Of the engine's {@code directory} and the voter's {@code marker} outside it. */
  public OrderCheck(Path directory, Path marker, FleetId fleetId, Findings findings) {
    this.directory = directory;
    this.marker = marker;
    this.fleetId = fleetId;
    this.findings = findings;
  }

  /**
   * Whether this voter, as it lies there, has to be let in under a new name by a leader. So far as
   * has been looked.
   */
  public boolean forgotten() {
    return forgotten;
  }

  private boolean rebuilds() {
    try {
      return !VoterMarker.read(marker).founders().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private long order() {
    try {
      return VoterMarker.read(marker).order();
    } catch (IOException e) {
      return 1;
    }
  }

  /**
   * Looks at marker and copy.
   *
   * @param founding whether store and HSM both stand at the founding
   */
  public void voter(boolean founding) {
    String where = String.valueOf(marker.getFileName());
    try {
      VoterMarker outside = VoterMarker.read(marker);
      VoterMarker inside = VoterMarker.read(directory.resolve(VoterIdentity.COPY));
      String fleet = fleetId.value().hex();
      if (!outside.absent() && !fleet.equals(outside.fleet())) {
        findings.damage(
            where,
            "it belongs to another fleet or is damaged",
            "Give this node its own raft.marker, or move it and raft.directory aside.");
      } else if (!outside.rememberedBy(inside) && !(outside.absent() && founding)) {
        lost(where, outside);
      }
    } catch (IOException e) {
      forgotten = true;
      findings.damage(
          where, "it cannot be read", "Move it and raft.directory aside, then start the node.");
    }
  }

  private void lost(String where, VoterMarker outside) {
    if (outside.founders().isEmpty()) {
      forgotten = true;
      findings.note(where, "the Raft directory is missing or older than it", LET_IN);
    } else {
      findings.note(
          where,
          "it is to found order " + outside.order() + " with nodes " + outside.founders(),
          "Start all of these nodes.");
    }
  }

  /**
   * Looks at a partition's log.
   *
   * @param store where its store stands, if anything says so
   * @param ahead entries that the HSM has captured beyond the store, if anything says so
   */
  public void log(int partition, Optional<OrderPosition> store, OptionalLong ahead)
      throws IOException {
    // Nothing may be cut off where nobody says what had been applied.
    long applied =
        store.isPresent() && ahead.isPresent()
            ? store.get().index() + ahead.getAsLong()
            : Long.MAX_VALUE;
    RaftGroupId group = RatisOrdering.groupId(fleetId, partition, order());
    Path current = RatisOrdering.logFolder(directory, group);
    if (!Files.isDirectory(current)) {
      if (store.isPresent() && store.get().index() >= 0) {
        if (!rebuilds()) {
          forgotten = true;
          findings.note("raft of partition " + partition, "there is no Raft log", LET_IN);
        }
      }
      return;
    }
    String where = "raft/" + group.getUuid();
    meta(current.resolve("raft-meta"), where + "/raft-meta");
    Extent extent = new Extent();
    for (LogSegmentPath segment : segments(current)) {
      if (!segment(segment, where, extent, applied)) {
        return;
      }
    }
    store.ifPresent(position -> compare(where, extent, position));
  }

  /** What the segments read so far cover. */
  private static final class Extent {
    private long first = -1;
    private long last = -1;
    private boolean gap;

    void entry(long index) {
      gap |= last >= 0 && index != last + 1;
      first = first < 0 ? index : first;
      last = index;
    }
  }

  static List<LogSegmentPath> segments(Path current) throws IOException {
    try (Stream<Path> files = Files.list(current)) {
      return files
          .map(LogSegmentPath::matchLogSegment)
          .filter(java.util.Objects::nonNull)
          .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
          .toList();
    }
  }

  /**
   * Reads a segment with the engine's own reader; throws, of whatever kind, where it is damaged.
   */
  static void read(LogSegmentPath segment, Consumer<LogEntryProto> entries) throws IOException {
    int ignored =
        LogSegment.readSegmentFile(
            segment.getPath().toFile(),
            segment.getStartEnd(),
            SizeInBytes.valueOf(RaftTail.ENTRY_MAX),
            CorruptionPolicy.EXCEPTION,
            null,
            entries);
  }

  /** The index of a segment's first entry, as its name says. */
  static long begin(LogSegmentPath segment) throws IOException {
    Matcher name = SEGMENT.matcher(String.valueOf(segment.getPath().getFileName()));
    if (!name.matches()) {
      throw new IOException("a segment of the Raft log has an odd name");
    }
    return Long.parseLong(name.group(1));
  }

  /** Returns whether the next one may be looked at. */
  private boolean segment(LogSegmentPath segment, String where, Extent extent, long applied)
      throws IOException {
    String file = where + "/" + segment.getPath().getFileName();
    AtomicLong first = new AtomicLong(-1);
    try {
      read(
          segment,
          entry -> {
            first.compareAndSet(-1, entry.getIndex());
            extent.entry(entry.getIndex());
          });
    } catch (IOException | RuntimeException e) {
      findings.damage(
          file,
          "its entries are damaged after index " + extent.last,
          NEW_VOTER,
          // What has been applied was promised; only behind it can an end be torn.
          extent.last >= applied && RaftTail.torn(segment)
              ? RepairAction.RAFT_TAIL
              : RepairAction.RAFT_ASIDE);
      return false;
    }
    if (first.get() >= 0 && first.get() != begin(segment)) {
      findings.damage(
          file, "its entries are not those that its name says", NEW_VOTER, RepairAction.RAFT_ASIDE);
      return false;
    }
    if (extent.gap) {
      findings.damage(
          file, "entries before it are missing from the log", NEW_VOTER, RepairAction.RAFT_ASIDE);
    }
    return !extent.gap;
  }

  private void meta(Path file, String where) {
    if (TermFile.whole(file)) {
      return;
    }
    if (restorable()) {
      findings.note(
          where,
          "it does not say term and vote, as after a full disk",
          "Start the node: its marker says above which term it has not voted.");
    } else {
      findings.damage(where, "it does not say term and vote", NEW_VOTER, RepairAction.RAFT_ASIDE);
    }
  }

  /** As the next start will decide: see {@link TermCeiling}. */
  private boolean restorable() {
    try {
      VoterMarker outside = VoterMarker.read(marker);
      return outside.terms() != VoterMarker.UNKNOWN
          && outside.rememberedBy(VoterMarker.read(directory.resolve(VoterIdentity.COPY)));
    } catch (IOException e) {
      return false;
    }
  }

  private void compare(String where, Extent extent, OrderPosition store) {
    if (extent.first > store.index() + 1 && extent.first > 0) {
      findings.damage(
          where,
          "the log begins at index "
              + extent.first
              + ", and the store ends at "
              + store.index()
              + ": the store is older than it once was",
          "Run coffer node repair and start the node: store.directory is moved aside, and it fetches from its peers.",
          RepairAction.STORE_ASIDE);
    } else if (extent.last < store.index()) {
      forgotten = true;
      findings.note(
          where,
          "the log ends at index " + extent.last + ", before the store at " + store.index(),
          LET_IN);
    }
  }
}
