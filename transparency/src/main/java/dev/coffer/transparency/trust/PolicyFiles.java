package dev.coffer.transparency.trust;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The trust policies of a namespace in files: the first one as its maker named it, version n beside
 * it in a file of the same name with {@code -n} before its ending. So everyone who reads bundles of
 * all ages keeps them: operator, log, notary, auditor. Stateless.
 */
public final class PolicyFiles {
  /** A policy is not what the roots decided; the message names its file and the rule. */
  public static final class Unsound extends Exception {
    private static final long serialVersionUID = 1L;

    private Unsound(Path file, Refused refused) {
      super("The trust policy " + file + " does not hold: " + refused.what());
    }
  }

  private PolicyFiles() {}

  /**
   * Reads all versions there are, each verified as its change requires.
   *
   * @param first the file of version 1, which its own roots sign
   * @throws NoSuchFileException if there is no such file
   * @throws Unsound if a version is not what the roots decided
   */
  public static PolicyHistory read(Path first) throws IOException, Unsound {
    Path file = first;
    try {
      PolicyHistory history = PolicyHistory.of(octets(file));
      for (long version = 2; Files.exists(version(first, version)); version++) {
        file = version(first, version);
        history = history.with(octets(file));
      }
      return history;
    } catch (Refused e) {
      throw new Unsound(file, e);
    }
  }

  /** At most one octet more than the largest policy, which is then refused by its size. */
  private static Bytes octets(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] found = new byte[TrustPolicy.SIZE_MAX + 1];
      int size = 0;
      for (int more = 0; more >= 0 && size < found.length; size += Math.max(more, 0)) {
        more = in.read(found, size, found.length - size);
      }
      return Bytes.copyOf(found, 0, size);
    }
  }

  /**
   * The file of a later version.
   *
   * @param version 2 or more
   */
  public static Path version(Path first, long version) {
    String name = String.valueOf(first.getFileName());
    int dot = name.lastIndexOf('.');
    int end = dot < 0 ? name.length() : dot;
    return first.resolveSibling(name.substring(0, end) + "-" + version + name.substring(end));
  }
}
