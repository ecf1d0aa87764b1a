package dev.coffer.backup;

import java.util.List;

/**
 * What a prune did.
 *
 * @param kept snapshots that remain
 * @param removed snapshots that are gone
 * @param objectsCondemned useless objects that a prune after the policy's grace will delete
 * @param objectsDeleted objects deleted now
 * @param bytesDeleted their size in the store, in octets
 */
public record PruneReport(
    List<SnapshotId> kept,
    List<SnapshotId> removed,
    long objectsCondemned,
    long objectsDeleted,
    long bytesDeleted) {}
