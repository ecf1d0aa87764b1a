/**
 * A backup repository: snapshots of a directory, cut into pieces, compressed, encrypted as standard
 * age files and put into an {@link dev.coffer.backup.ObjectStore} that is trusted for nothing.
 *
 * <p>Depends on {@code protocol} (secrets, HKDF), on the age library jagged and on {@code
 * java.base}; needs no native code. Start reading at {@link dev.coffer.backup.Repository}; the
 * format is described in {@code docs/restore-with-age.md}, which restores everything without this
 * code.
 */
package dev.coffer.backup;
