package dev.coffer.verification.torture;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What all disks hold while every process is dead.
 *
 * @param quorum HSMs that make a certificate
 * @param heard the newest certified k that any client has heard of
 */
record Disks(List<Disk> disks, int quorum, long heard) {
  /**
   * One node's.
   *
   * @param operations indices in its Raft log that carry operations
   * @param ordered the index at which its store stands
   * @param k the entry at which its store stands
   * @param certified the k of the newest certificate in its store
   * @param hsm the entry at which its HSM stands
   */
  record Disk(List<Long> operations, long ordered, long k, long certified, long hsm) {
    Disk {
      operations = List.copyOf(operations);
    }

    private long last() {
      return operations.isEmpty() ? -1 : operations.getLast();
    }
  }

  /** How far the newest entries have come. */
  enum Stage {
    PROPOSED("proposed, not committed: in fewer logs than a majority"),
    ORDERED("ordered, not captured: in a majority of logs, and no HSM has it"),
    CAPTURED("captured, not certified: in fewer HSMs than a quorum"),
    CERTIFIED("certified, not answered: above every k that a client has heard of"),
    HSM_AHEAD("an HSM ahead of its store"),
    HSM_BEHIND("an HSM behind its store");

    private final String words;

    Stage(String words) {
      this.words = words;
    }

    /** What the disks then show. */
    String words() {
      return words;
    }
  }

  Disks {
    disks = List.copyOf(disks);
  }

  /** All stages that some entry stands at. */
  Set<Stage> stages() {
    Set<Stage> stages = EnumSet.noneOf(Stage.class);
    long newest = disks.stream().mapToLong(Disk::last).max().orElse(-1);
    if (disks.stream().filter(disk -> disk.last() == newest).count() < majority()) {
      stages.add(Stage.PROPOSED);
    }
    if (orderedByFar()) {
      stages.add(Stage.ORDERED);
    }
    long hsm = disks.stream().mapToLong(Disk::hsm).max().orElse(-1);
    long certified = disks.stream().mapToLong(Disk::certified).max().orElse(-1);
    boolean few = disks.stream().filter(disk -> disk.hsm == hsm).count() < quorum;
    if (few && hsm > certified && hsm > heard) {
      stages.add(Stage.CAPTURED);
    }
    if (certified > heard) {
      stages.add(Stage.CERTIFIED);
    }
    if (disks.stream().anyMatch(disk -> disk.hsm > disk.k)) {
      stages.add(Stage.HSM_AHEAD);
    }
    if (disks.stream().anyMatch(disk -> disk.hsm < disk.k)) {
      stages.add(Stage.HSM_BEHIND);
    }
    return Collections.unmodifiableSet(stages);
  }

  private int majority() {
    return disks.size() / 2 + 1;
  }

  /**
   * Whether a majority of logs has more entries behind the newest store than the newest HSM. Each
   * entry that carries operations is one k.
   */
  private boolean orderedByFar() {
    long committed =
        disks.stream().map(Disk::last).sorted().toList().get(disks.size() - majority());
    Disk newest =
        disks.stream()
            .max((a, b) -> Long.compare(a.k, b.k))
            .orElseThrow(() -> new IllegalStateException("a fleet has nodes"));
    long hsm = disks.stream().mapToLong(Disk::hsm).max().orElse(-1);
    return disks.stream()
        .filter(disk -> disk.last() >= committed)
        .anyMatch(disk ->
            disk.operations.stream()
                    .filter(index -> index > newest.ordered && index <= committed)
                    .count()
                > hsm - newest.k);
  }
}
