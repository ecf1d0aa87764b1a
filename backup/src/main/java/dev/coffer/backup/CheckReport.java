package dev.coffer.backup;

import java.util.List;

/**
 * What a check found.
 *
 * @param snapshots that could be read
 * @param objects that they need
 * @param objectsRead data objects that were read back and compared with their names, needed or not;
 *     0 unless asked for, for then only names, sizes and file lists are looked at
 * @param bytesVerified plaintext octets of those that are what their names say
 * @param problems damaged snapshots, objects and, for each snapshot, the files that cannot be
 *     restored from it
 * @param mended objects that were damaged and are whole again
 */
public record CheckReport(
    long snapshots,
    long objects,
    long objectsRead,
    long bytesVerified,
    List<Problem> problems,
    List<Problem> mended) {
  /** One of {@code of} parts of all objects, from 1 on, to read a repository in turns. */
  public record Part(int number, int of) {
    /** All of it. */
    public static final Part ALL = new Part(1, 1);

    /** Refuses numbers that make no sense. */
    public Part {
      if (of < 1 || number < 1 || number > of) {
        throw new IllegalArgumentException("a part is a number from 1 to how many there are");
      }
    }
  }

  /** Whether anything is damaged. */
  public boolean damaged() {
    return !problems.isEmpty();
  }
}
