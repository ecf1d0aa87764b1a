package dev.coffer.backup;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Which snapshots a prune keeps, for the same sources by themselves: the newest {@code last}, and
 * the newest of each of the newest {@code daily} days, {@code weekly} ISO weeks, {@code monthly}
 * months and {@code yearly} years that have any. Of each directory the newest snapshot that holds
 * at least half of what any holds is kept in any case: snapshots of an emptied directory never
 * drive out the last full one.
 *
 * @param last at least 1: the newest snapshot is never pruned
 * @param tags snapshots that have one of them are kept, however old
 * @param zone where days begin
 * @param grace how long a useless object stays condemned before it is deleted; at least {@link
 *     #GRACE_MIN}, or zero if surely no other backup is running
 */
public record RetentionPolicy(
    int last,
    int daily,
    int weekly,
    int monthly,
    int yearly,
    Set<String> tags,
    ZoneId zone,
    Duration grace) {
  /** Shorter, and a backup that runs meanwhile could lose content it relies on. */
  public static final Duration GRACE_MIN = Duration.ofHours(24);

  /** Refuses numbers that make no sense. */
  public RetentionPolicy {
    tags = Set.copyOf(tags);
    if (last < 1 || daily < 0 || weekly < 0 || monthly < 0 || yearly < 0) {
      throw new IllegalArgumentException(
          "keep at least the last snapshot, and no negative numbers");
    }
    if (!grace.isZero() && grace.compareTo(GRACE_MIN) < 0) {
      throw new IllegalArgumentException("grace is zero or at least 24 hours");
    }
  }

  /** The same rules without tags. */
  public RetentionPolicy(
      int last, int daily, int weekly, int monthly, int yearly, ZoneId zone, Duration grace) {
    this(last, daily, weekly, monthly, yearly, Set.of(), zone, grace);
  }

  /** The last 3, 7 daily, 5 weekly, 12 monthly, 10 yearly, in {@code zone}, and 3 days of grace. */
  public static RetentionPolicy standard(ZoneId zone) {
    return new RetentionPolicy(3, 7, 5, 12, 10, Set.of(), zone, Duration.ofDays(3));
  }

  /** Of {@code snapshots}, those to keep. */
  public Set<SnapshotId> keep(List<Snapshot> snapshots) {
    Map<List<String>, List<SnapshotId>> bySource = new HashMap<>();
    for (Snapshot snapshot : snapshots) {
      bySource.computeIfAbsent(snapshot.sources(), sources -> new ArrayList<>()).add(snapshot.id());
    }
    Set<SnapshotId> kept = new HashSet<>();
    snapshots.stream()
        .filter(snapshot -> snapshot.tags().stream().anyMatch(tags::contains))
        .forEach(snapshot -> kept.add(snapshot.id()));
    bySource.forEach((sources, ids) -> kept.add(fullest(snapshots, sources)));
    for (List<SnapshotId> ids : bySource.values()) {
      ids.sort(Comparator.reverseOrder());
      kept.addAll(ids.subList(0, Math.min(last, ids.size())));
      keep(kept, ids, daily, time -> time.getYear() * 1000L + time.getDayOfYear());
      keep(
          kept,
          ids,
          weekly,
          time ->
              time.get(IsoFields.WEEK_BASED_YEAR) * 100L
                  + time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      keep(kept, ids, monthly, time -> time.getYear() * 100L + time.getMonthValue());
      keep(kept, ids, yearly, time -> (long) time.getYear());
    }
    return kept;
  }

  private static SnapshotId fullest(List<Snapshot> snapshots, List<String> sources) {
    List<Snapshot> all = snapshots.stream().filter(s -> s.sources().equals(sources)).toList();
    long files = all.stream().mapToLong(Snapshot::files).max().orElse(0);
    long bytes = all.stream().mapToLong(Snapshot::bytes).max().orElse(0);
    return all.stream()
        .filter(s -> 2 * s.files() >= files && 2 * s.bytes() >= bytes)
        .map(Snapshot::id)
        .max(Comparator.naturalOrder())
        .orElseGet(() ->
            // No snapshot has both: the one with most content.
            all.stream().max(Comparator.comparingLong(Snapshot::bytes)).orElseThrow().id());
  }

  private void keep(
      Set<SnapshotId> kept,
      List<SnapshotId> ids,
      int periods,
      Function<ZonedDateTime, Long> period) {
    Set<Long> seen = new HashSet<>();
    for (SnapshotId id : ids) {
      if (seen.size() < periods && seen.add(period.apply(id.time().atZone(zone)))) {
        kept.add(id);
      }
    }
  }
}
