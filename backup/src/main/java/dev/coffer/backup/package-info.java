/**
 * A backup repository: snapshots of a directory, cut into pieces, compressed, encrypted as standard
 * age files and put into an {@link dev.coffer.backup.ObjectStore} that is trusted for nothing. Here
 * are the values and ports that callers see; {@link dev.coffer.backup.repository.Repository} is the
 * way in.
 *
 * <p>Packages use each other in one direction only: this one and {@code local}, then {@code
 * object}, {@code tree}, {@code snapshot}, then {@code walk}, {@code restore} and {@code upkeep},
 * then {@code repository}.
 *
 * <p>Depends on {@code protocol} (secrets, HKDF), on the age library jagged and on {@code
 * java.base}; needs no native code. The format is described in {@code docs/restore-with-age.md},
 * which restores everything without this code.
 */
package dev.coffer.backup;
