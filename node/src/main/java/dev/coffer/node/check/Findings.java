package dev.coffer.node.check;

import dev.coffer.node.check.Finding.RepairAction;
import dev.coffer.node.check.Finding.Weight;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Collects findings: the first {@link #LISTED_MAX} of each weight are kept, the rest is counted, so
 * that a disk full of zeros does not fill the memory. Not thread-safe.
 */
public final class Findings {
  /** Findings of one weight that are kept. */
  public static final int LISTED_MAX = 200;

  private final List<Finding> listed = new ArrayList<>();
  private final Map<Weight, Long> counts = new EnumMap<>(Weight.class);

  /** Adds one. */
  public void add(Finding finding) {
    if (counts.merge(finding.weight(), 1L, Long::sum) <= LISTED_MAX) {
      listed.add(finding);
    }
  }

  /** Adds what is worth knowing. */
  public void note(String where, String what, String next) {
    add(new Finding(Weight.NOTE, where, what, next, RepairAction.BY_HAND));
  }

  /** Adds what the disk has spoiled and only somebody who looks can put right. */
  public void damage(String where, String what, String next) {
    damage(where, what, next, RepairAction.BY_HAND);
  }

  /** Adds what the disk has spoiled. */
  public void damage(String where, String what, String next, RepairAction repair) {
    add(new Finding(Weight.DAMAGE, where, what, next, repair));
  }

  /** Adds what cannot be true together. */
  public void contradiction(String where, String what, String next) {
    add(new Finding(Weight.CONTRADICTION, where, what, next, RepairAction.BY_HAND));
  }

  /** Those kept, in the order they were found. */
  public List<Finding> listed() {
    return List.copyOf(listed);
  }

  /** How many there were, kept or not. */
  public long count(Weight weight) {
    return counts.getOrDefault(weight, 0L);
  }

  /** Whether there is nothing but notes. */
  public boolean sound() {
    return count(Weight.DAMAGE) == 0 && count(Weight.CONTRADICTION) == 0;
  }
}
