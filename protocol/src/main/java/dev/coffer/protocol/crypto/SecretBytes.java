package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Secret octets. Redacted text, no {@code equals}, constant-time comparison, erasable.
 *
 * <p><b>Security guarantees:</b> {@link #destroy} overwrites this object's own array; using it
 * afterwards is a broken invariant. <b>Not guaranteed:</b> copies the Java runtime made while
 * moving the array during garbage collection, and copies handed out by {@link #copy}, which the
 * caller erases.
 *
 * <p>Thread-safe for reading; {@code destroy} must not race with use.
 */
public final class SecretBytes implements AutoCloseable {
  private final byte[] octets;
  private volatile boolean destroyed;

  private SecretBytes(byte[] octets) {
    this.octets = octets;
  }

  /** Takes {@code octets} over; the caller must not keep the array. */
  public static SecretBytes wrap(byte[] octets) {
    return new SecretBytes(octets);
  }

  /** A copy of {@code octets}, which the caller still has to erase. */
  public static SecretBytes copyOf(byte[] octets) {
    return new SecretBytes(octets.clone());
  }

  /** A copy of public-typed octets that turn out to be secret, such as a decrypted field. */
  public static SecretBytes copyOf(Bytes octets) {
    return new SecretBytes(octets.toByteArray());
  }

  /** The next {@code size} octets of an encoding, of which no other copy is made. */
  public static SecretBytes read(CanonicalReader in, int size) throws Rejected {
    byte[] octets = new byte[size];
    in.rawInto(octets);
    return new SecretBytes(octets);
  }

  /** Appends these octets to {@code out}, which the caller wipes. */
  public void write(CanonicalWriter out) {
    Invariant.check(!destroyed, "a destroyed secret is not used");
    out.raw(octets);
  }

  /** {@code size} octets from {@code randomness}. */
  public static SecretBytes random(Randomness randomness, int size) {
    byte[] octets = new byte[size];
    randomness.fill(octets);
    return new SecretBytes(octets);
  }

  /** The length in octets. */
  public int size() {
    return octets.length;
  }

  /** A fresh copy, which the caller erases after use. */
  public byte[] copy() {
    Invariant.check(!destroyed, "a destroyed secret is not used");
    return octets.clone();
  }

  /** A part of this secret as a secret of its own. */
  public SecretBytes slice(int from, int to) {
    Invariant.check(!destroyed, "a destroyed secret is not used");
    return new SecretBytes(Arrays.copyOfRange(octets, from, to));
  }

  /** Whether both hold the same octets, in time that depends on the length alone. */
  public boolean sameAs(SecretBytes other) {
    Invariant.check(!destroyed && !other.destroyed, "a destroyed secret is not used");
    return MessageDigest.isEqual(octets, other.octets);
  }

  /** How octets are read. */
  public interface Format<T> {
    /** Reads all of {@code in}, or rejects it. */
    T read(CanonicalReader in) throws Rejected;
  }

  /** What {@code format} reads from these octets themselves: no copy is left of all of them. */
  public <T> T parse(Format<T> format) throws Rejected {
    Invariant.check(!destroyed, "a destroyed secret is not used");
    return format.read(CanonicalReader.over(octets));
  }

  /** Overwrites the octets. May be called again. */
  public void destroy() {
    destroyed = true;
    Arrays.fill(octets, (byte) 0);
  }

  /** The same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  @Override
  public String toString() {
    return "SecretBytes[" + octets.length + " octets]";
  }
}
