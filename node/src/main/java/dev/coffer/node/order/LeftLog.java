package dev.coffer.node.order;

import dev.coffer.node.store.OrderPosition;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of an order that this node leaves, as far as it still lies there: an HSM may have
 * captured what only logs hold. Whoever takes something from it has to see that an HSM did.
 */
public final class LeftLog {
  private static final Logger LOG = LoggerFactory.getLogger(LeftLog.class);
  private static final int MOST = 64;

  private LeftLog() {}

  /** Payloads that stand behind {@code store} in a partition's log, the first 64 at most. */
  public static List<Bytes> after(OrderSettings settings, int partition, OrderPosition store) {
    List<Bytes> payloads = new ArrayList<>();
    Consumer<LogEntryProto> take =
        entry -> {
          boolean behind = entry.getIndex() > store.index() && entry.hasStateMachineLogEntry();
          if (behind && payloads.size() < MOST) {
            payloads.add(Bytes.wrap(entry.getStateMachineLogEntry().getLogData().toByteArray()));
          }
        };
    try {
      VoterMarker copy = VoterMarker.read(settings.directory().resolve(VoterIdentity.COPY));
      Path folder =
          RatisOrdering.logFolder(
              settings.directory(),
              RatisOrdering.groupId(settings.fleetId(), partition, copy.order()));
      if (Files.isDirectory(folder)) {
        for (LogSegmentPath segment : OrderCheck.segments(folder)) {
          OrderCheck.read(segment, take);
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.info("The log that is left behind cannot be read to its end: {}", e.toString());
    }
    return payloads;
  }
}
