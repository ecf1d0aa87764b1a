package dev.coffer.backup;

import java.util.List;

/**
 * The snapshots of a repository.
 *
 * @param snapshots those that can be read, newest first
 * @param problems one for each that cannot
 */
public record SnapshotList(List<Snapshot> snapshots, List<Problem> problems) {}
