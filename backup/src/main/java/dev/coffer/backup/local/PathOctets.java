package dev.coffer.backup.local;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Paths as the octets the file system holds. A {@link Path}'s text is those octets decoded by the
 * locale the program was started with, and loses what that cannot express; a file URI carries them
 * unharmed, percent-encoded.
 */
public final class PathOctets {
  private PathOctets() {}

  public static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** The last part of {@code path}. */
  public static byte[] ofName(Path path) {
    String name = String.valueOf(path.getFileName());
    if (isAscii(name)) {
      return name.getBytes(StandardCharsets.US_ASCII);
    }
    String raw = rawPath(path);
    return percentDecoded(raw.substring(raw.lastIndexOf('/') + 1));
  }

  /** All of {@code target}, of a symbolic link, relative or not. */
  public static byte[] ofTarget(Path target) {
    String text = target.toString();
    Path root = target.toAbsolutePath().getRoot();
    if (isAscii(text) || root == null || !target.getFileSystem().getSeparator().equals("/")) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    String raw = rawPath(root.resolve(target));
    return percentDecoded(target.isAbsolute() ? raw : raw.substring(1));
  }

  /** The path of a symbolic link's target; {@code place} is any path of the same file system. */
  public static Optional<Path> target(Path place, byte[] octets) {
    try {
      String text = new String(octets, StandardCharsets.UTF_8);
      Path root = place.toAbsolutePath().getRoot();
      if (isAscii(text) || root == null || !place.getFileSystem().getSeparator().equals("/")) {
        return Optional.of(place.getFileSystem().getPath(text));
      }
      boolean absolute = octets[0] == '/';
      Path resolved =
          Path.of(URI.create("file://" + (absolute ? "" : "/") + percentEncoded(octets)));
      return Optional.of(absolute ? resolved : resolved.subpath(0, resolved.getNameCount()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** {@code octets} below {@code root}. */
  public static Path resolve(Path root, byte[] octets) throws InvalidPathException {
    String text = new String(octets, StandardCharsets.ISO_8859_1);
    return isAscii(text)
        ? root.resolve(text)
        : Path.of(URI.create(prefix(root) + percentEncoded(octets)));
  }

  private static String prefix(Path root) {
    String uri = root.toUri().toString();
    return uri.endsWith("/") ? uri : uri + "/";
  }

  private static String rawPath(Path path) {
    String raw = path.toUri().getRawPath();
    return raw.length() > 1 && raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
  }

  private static byte[] percentDecoded(String raw) {
    byte[] in = raw.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '%' && i + 2 < in.length) {
        out.write(Character.digit(in[i + 1], 16) << 4 | Character.digit(in[i + 2], 16));
        i += 2;
      } else {
        out.write(in[i]);
      }
    }
    return out.toByteArray();
  }

  private static String percentEncoded(byte[] octets) {
    StringBuilder text = new StringBuilder(octets.length * 3);
    for (byte octet : octets) {
      boolean plain =
          octet == '/'
              || octet == '.'
              || octet == '-'
              || octet == '_'
              || octet >= '0' && octet <= '9'
              || octet >= 'a' && octet <= 'z'
              || octet >= 'A' && octet <= 'Z';
      if (plain) {
        text.append((char) octet);
      } else {
        text.append('%')
            .append(Character.forDigit(octet >> 4 & 15, 16))
            .append(Character.forDigit(octet & 15, 16));
      }
    }
    return text.toString();
  }
}
