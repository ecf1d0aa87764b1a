/** Snapshots as the store holds them. Start at {@link dev.coffer.backup.snapshot.Snapshots}. */
package dev.coffer.backup.snapshot;
