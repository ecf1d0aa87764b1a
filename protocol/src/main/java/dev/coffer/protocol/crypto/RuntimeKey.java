package dev.coffer.protocol.crypto;

import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * A key as the runtime's MACs and ciphers take it. They erase the copy that {@link #getEncoded}
 * gives them; the runtime's own {@code SecretKeySpec} keeps one that nobody can erase.
 */
final class RuntimeKey implements SecretKey, AutoCloseable {
  private static final long serialVersionUID = 1;

  private final byte[] octets;
  private final String algorithm;

  private RuntimeKey(byte[] octets, String algorithm) {
    this.octets = octets;
    this.algorithm = algorithm;
  }

  /** A copy of {@code key}, erased on {@link #close}. */
  static RuntimeKey of(SecretBytes key, String algorithm) {
    return new RuntimeKey(key.copy(), algorithm);
  }

  /** {@code size} zero octets: what a MAC or cipher is given to make it forget the last key. */
  static RuntimeKey blank(int size, String algorithm) {
    return new RuntimeKey(new byte[size], algorithm);
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  @Override
  public byte[] getEncoded() {
    return octets.clone();
  }

  @Override
  public void close() {
    Arrays.fill(octets, (byte) 0);
  }

  @Override
  public String toString() {
    return "RuntimeKey[redacted]";
  }
}
