package dev.coffer.backup;

import java.util.ArrayList;
import java.util.List;

/**
 * What a copy from one repository into another did.
 *
 * @param copied the snapshots that the other one has now, oldest first
 * @param present how many it had already
 * @param objects that were sent
 * @param bytes their size as they are stored, in octets
 * @param problems snapshots that were not copied
 */
public record CopyReport(
    List<SnapshotId> copied, int present, long objects, long bytes, List<Problem> problems) {
  /** The same with further problems. */
  public CopyReport with(List<Problem> more) {
    List<Problem> all = new ArrayList<>(more);
    all.addAll(problems);
    return new CopyReport(copied, present, objects, bytes, List.copyOf(all));
  }
}
