package dev.coffer.node.order;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** The engine's settings, each with its reason (docs/replication.md, "Ratis settings"). */
final class RatisProperties {
  /** A small entry's. */
  private static final long ENTRY_OCTETS = 420;

  private RatisProperties() {}

  static RaftProperties of(OrderSettings settings) {
    RaftProperties properties = new RaftProperties();
    RaftConfigKeys.Rpc.setType(properties, new VoteGate.Type());
    // Its default is a temporary directory.
    RaftServerConfigKeys.setStorageDir(properties, List.of(settings.directory().toFile()));
    rpc(properties, settings);
    log(properties, settings.keepEntries());
    snapshot(properties, settings.keepEntries());
    grpc(properties, settings.member(settings.node()));
    return properties;
  }

  private static void rpc(RaftProperties properties, OrderSettings settings) {
    int election = settings.electionMillis();
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(election));
    // Wide, so that two seldom stand at the same time: a split vote costs as much as the silence.
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(election * 3L));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(election / 2));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(election * 3L / 2));
    RaftServerConfigKeys.Rpc.setRequestTimeout(properties, millis(1_000));
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, millis(1_000));
    RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
    // A paused machine must not make the server close itself for good.
    RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(300, TimeUnit.SECONDS));
    RaftServerConfigKeys.Write.setElementLimit(properties, 64);
    RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf("16MB"));
    // Nothing is read; the question before such a read is what spreads a commit at once.
    RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    // Only against the engine's own retries: what makes a repetition harmless is the HSM (INV-8).
    RaftServerConfigKeys.RetryCache.setExpiryTime(
        properties, TimeDuration.valueOf(15, TimeUnit.SECONDS));
    RaftServerConfigKeys.ThreadPool.setClientSize(properties, 8);
  }

  private static void log(RaftProperties properties, int keepEntries) {
    // Only whole segments are purged: they must not be larger than what is to be kept.
    long segment = Math.clamp(keepEntries * ENTRY_OCTETS, 64L << 10, 8L << 20);
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(segment));
    RaftServerConfigKeys.Log.setPreallocatedSize(
        properties, SizeInBytes.valueOf(Math.min(segment, 1L << 20)));
    RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf("2MB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
    RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf("1MB"));
    // Catching up is Merkle anti-entropy, not a copy of files: rule 5.
    RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
    // Otherwise one dead peer fills every disk.
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, keepEntries);
  }

  private static void snapshot(RaftProperties properties, int keepEntries) {
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(
        properties, Math.clamp(keepEntries / 10, 20, 2_000));
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
  }

  private static void grpc(RaftProperties properties, OrderSettings.Member own) {
    GrpcConfigKeys.Server.setHost(properties, own.host());
    GrpcConfigKeys.Server.setPort(properties, own.port());
    GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf("4MB"));
    GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, 8);
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, 8);
  }

  private static TimeDuration millis(long count) {
    return TimeDuration.valueOf(count, TimeUnit.MILLISECONDS);
  }
}
