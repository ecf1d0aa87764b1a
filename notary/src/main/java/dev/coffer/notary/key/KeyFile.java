package dev.coffer.notary.key;

import dev.coffer.files.PrivateFile;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * A private key in a file of mode 600: the PEM of PKCS#8 that {@code openssl genpkey -algorithm
 * ed25519} writes (RFC 8410), or the one line {@code PRIVATE+KEY+name+id+base64} of tools for
 * signed notes, whose name is not looked at.
 */
public record KeyFile(Path path) implements KeySource {
  private static final int SIZE_MAX = 4 << 10;
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final String LINE = "PRIVATE+KEY+";

  /** PKCS#8 of RFC 8410 §7 without attributes, up to the seed. */
  private static final byte[] PKCS8 = {
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20
  };

  @Override
  public Ed25519Key open() throws IOException {
    PrivateFile.check(path);
    byte[] octets;
    try (InputStream in = Files.newInputStream(path)) {
      octets = in.readNBytes(SIZE_MAX + 1);
    }
    byte[] material = new byte[0];
    try {
      if (octets.length > SIZE_MAX) {
        throw unreadable();
      }
      material = material(octets);
      try (SecretBytes all = SecretBytes.copyOf(material);
          SecretBytes seed = all.slice(material.length - Ed25519.SEED, material.length)) {
        return new MemoryKey(seed);
      }
    } finally {
      Arrays.fill(octets, (byte) 0);
      Arrays.fill(material, (byte) 0);
    }
  }

  private IOException unreadable() {
    return new IOException(path + " holds no Ed25519 private key as PEM or PRIVATE+KEY line.");
  }

  /** What ends with the seed. Secret text stays in arrays that are erased. */
  private byte[] material(byte[] octets) throws IOException {
    int end = octets.length;
    while (end > 0 && octets[end - 1] <= ' ') {
      end--;
    }
    if (startsWith(octets, LINE)) {
      int plus = fourthPlus(octets, end);
      byte[] material = decode(octets, plus + 1, end);
      // The type stands before the seed: 1 for notes, 4 for cosignatures.
      if (material.length != 1 + Ed25519.SEED || material[0] != 1 && material[0] != 4) {
        Arrays.fill(material, (byte) 0);
        throw unreadable();
      }
      return material;
    }
    int from = BEGIN.length();
    int to = end - END.length();
    if (!startsWith(octets, BEGIN) || to < from) {
      throw unreadable();
    }
    byte[] der = decode(octets, from, to);
    if (der.length != PKCS8.length + Ed25519.SEED
        || !Arrays.equals(der, 0, PKCS8.length, PKCS8, 0, PKCS8.length)) {
      Arrays.fill(der, (byte) 0);
      throw unreadable();
    }
    return der;
  }

  private static boolean startsWith(byte[] octets, String head) {
    byte[] expected = head.getBytes(StandardCharsets.US_ASCII);
    return octets.length >= expected.length
        && Arrays.equals(octets, 0, expected.length, expected, 0, expected.length);
  }

  private int fourthPlus(byte[] octets, int end) throws IOException {
    int seen = 0;
    for (int i = 0; i < end; i++) {
      if (octets[i] == '+' && ++seen == 4) {
        return i;
      }
    }
    throw unreadable();
  }

  private byte[] decode(byte[] octets, int from, int to) throws IOException {
    byte[] base64 = Arrays.copyOfRange(octets, from, to);
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw unreadable();
    } finally {
      Arrays.fill(base64, (byte) 0);
    }
  }

  /**
   * Writes a new key file of mode 600 as PKCS#8 PEM.
   *
   * @throws IOException if the file is there already: a key is never overwritten
   */
  public static void write(Path path, SecretBytes seed) throws IOException {
    byte[] secret = seed.copy();
    byte[] der = Arrays.copyOf(PKCS8, PKCS8.length + secret.length);
    System.arraycopy(secret, 0, der, PKCS8.length, secret.length);
    byte[] base64 = Base64.getEncoder().encode(der);
    try {
      FileAttribute<Set<PosixFilePermission>> mode =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      Files.createFile(path, mode);
      try (var out = Files.newOutputStream(path)) {
        out.write((BEGIN + "\n").getBytes(StandardCharsets.US_ASCII));
        out.write(base64);
        out.write(("\n" + END + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(der, (byte) 0);
      Arrays.fill(base64, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "KeyFile[" + path + "]";
  }
}
