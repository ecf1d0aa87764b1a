package dev.coffer.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/**
 * All files of a directory as one text: a line a file, {@code SHA-256 x path}, with {@code -} in
 * place of the {@code x} for what its owner may not execute, in the order of the paths' octets. Two
 * trees with one text hold the same; times, owners and other modes are not in it. Stateless.
 */
public final class TreeManifest {
  private static final int FILES_MAX = 4_096;
  private static final String NAME = "[A-Za-z0-9._+-]{1,200}";
  private static final String DIGITS = "0123456789abcdef";

  private TreeManifest() {}

  /**
   * Of {@code root}.
   *
   * @throws IOException also for what no such text can hold: links and devices, names of other
   *     characters, more than 4,096 files
   */
  public static String of(Path root) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    collect(root, "", lines);
    StringBuilder text = new StringBuilder();
    lines.forEach((path, line) -> text.append(line).append(' ').append(path).append('\n'));
    return text.toString();
  }

  private static void collect(Path folder, String prefix, Map<String, String> lines)
      throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (!name.matches(NAME)) {
          throw new IOException("A file in " + folder + " has a name that no manifest can hold.");
        }
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          collect(file, prefix + name + "/", lines);
        } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          lines.put(prefix + name, sha256(file) + (executable(file) ? " x" : " -"));
        } else {
          throw new IOException(file + " is neither a file nor a directory.");
        }
        if (lines.size() > FILES_MAX) {
          throw new IOException("There are more than " + FILES_MAX + " files in " + folder + ".");
        }
      }
    }
  }

  private static boolean executable(Path file) throws IOException {
    return Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
        .contains(PosixFilePermission.OWNER_EXECUTE);
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[64 << 10];
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        for (int size = in.read(chunk); size > 0; size = in.read(chunk)) {
          digest.update(chunk, 0, size);
        }
      }
      StringBuilder hex = new StringBuilder();
      for (byte octet : digest.digest()) {
        hex.append(DIGITS.charAt((octet >> 4) & 15)).append(DIGITS.charAt(octet & 15));
      }
      return hex.toString();
    } catch (GeneralSecurityException e) {
      throw new IOException("This runtime lacks SHA-256.", e);
    }
  }
}
