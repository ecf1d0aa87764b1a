package dev.coffer.backup;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where objects are kept: a folder, a bucket. Trusted for nothing: whatever it returns is verified.
 *
 * <p>Names are ASCII, {@code [A-Za-z0-9][A-Za-z0-9._-]*} parts joined by {@code /}. Objects are at
 * most {@link BackupLimits#OBJECT_MAX} octets, so they travel as arrays. Implementations are
 * thread-safe.
 */
public interface ObjectStore {
  /**
   * Stores {@code content} under {@code name}, all or nothing: a reader sees the old object, or
   * none, or the whole new one. Replaces. When this throws, the object may or may not be there.
   */
  void put(String name, byte[] content) throws BackupException;

  /**
   * The object of that name, empty if there is none. More than {@code sizeMax} octets, or something
   * in its place that is no object (a folder, a pipe, a link), are an {@code OBJECT_FAULT}; neither
   * is read.
   */
  Optional<byte[]> get(String name, int sizeMax) throws BackupException;

  /**
   * Hands every object whose name starts with {@code prefix} to {@code sink}, in no particular
   * order.
   */
  void list(String prefix, Consumer<StoredObject> sink) throws BackupException;

  /**
   * Whether nothing at all is there, things of others included: only such a place becomes a
   * repository. Stores that can hold things of others that {@link #list} leaves out look
   * themselves.
   */
  default boolean isEmpty() throws BackupException {
    boolean[] found = new boolean[1];
    list("", object -> found[0] = true);
    return !found[0];
  }

  /** Removes the object; one that is absent already is fine. */
  void delete(String name) throws BackupException;

  /**
   * Removes what interrupted puts before {@code before} left behind. Stores that leave nothing do
   * nothing.
   */
  default void sweep(Instant before) throws BackupException {}

  /** Returns once everything put before survives a power failure. */
  void flush() throws BackupException;
}
