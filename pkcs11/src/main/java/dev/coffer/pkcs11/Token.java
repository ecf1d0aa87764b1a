package dev.coffer.pkcs11;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.EntityAttestation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * A session with one token, whose user is logged in. Thread-safe: PKCS#11 sessions do one thing at
 * a time, and so does this.
 *
 * <p><b>Guarantees:</b> those of the token. <b>Not guaranteed:</b> that the token keeps them;
 * {@link #staysInside} asks it, and it may lie.
 */
public final class Token implements AutoCloseable {
  /** Octets of an AES-GCM nonce and tag (NIST SP 800-38D). */
  public static final int NONCE = 12;

  private static final int TAG = 16;
  private static final int SIGNATURE = 64;
  private static final int POINT_MAX = 34;

  private static final long OK = 0;
  private static final long ALREADY_LOGGED_IN = 0x100;
  private static final long WRITABLE = 2;
  private static final long SERIAL_SESSION = 4;
  private static final long USER = 1;
  private static final long UNAVAILABLE = -1;

  private static final long SECRET_KEY = 4;
  private static final long AES = 0x1f;
  private static final long AES_KEY_GEN = 0x1080;
  private static final long AES_GCM = 0x1087;
  private static final long EDDSA = 0x1057;

  private static final long CLASS = 0;
  private static final long TOKEN = 1;
  private static final long PRIVATE = 2;
  private static final long LABEL = 3;
  private static final long KEY_TYPE = 0x100;
  private static final long SENSITIVE = 0x103;
  private static final long ENCRYPT = 0x104;
  private static final long DECRYPT = 0x105;
  private static final long WRAP = 0x106;
  private static final long UNWRAP = 0x107;
  private static final long VALUE_SIZE = 0x161;
  private static final long EXTRACTABLE = 0x162;
  private static final long LOCAL = 0x163;
  private static final long NEVER_EXTRACTABLE = 0x164;
  private static final long ALWAYS_SENSITIVE = 0x165;
  private static final long POINT = 0x181;

  private final Cryptoki cryptoki;
  private final long session;
  private final Cryptoki.Slot slot;

  /** A key in the token, by the token's own number for it in this session. */
  public record Key(long handle) {}

  /** What kind of object a key is. */
  public enum Kind {
    /** The public half of a pair. */
    PUBLIC(2),
    /** The private half of a pair. */
    PRIVATE(3),
    /** A secret key. */
    SECRET(SECRET_KEY);

    private final long number;

    Kind(long number) {
      this.number = number;
    }
  }

  private Token(Cryptoki cryptoki, long session, Cryptoki.Slot slot) {
    this.cryptoki = cryptoki;
    this.session = session;
    this.slot = slot;
  }

  static Token open(Cryptoki cryptoki, Cryptoki.Slot slot, SecretBytes pin, boolean writable)
      throws IOException {
    byte[] octets = pin.copy();
    try (Arena call = Arena.ofConfined()) {
      MemorySegment handle = call.allocate(ValueLayout.JAVA_LONG);
      long flags = SERIAL_SESSION | (writable ? WRITABLE : 0);
      MemorySegment none = MemorySegment.NULL;
      cryptoki.check("C_OpenSession", slot.number(), flags, none, none, handle);
      Token token = new Token(cryptoki, handle.get(ValueLayout.JAVA_LONG, 0), slot);
      MemorySegment copy = call.allocateFrom(ValueLayout.JAVA_BYTE, octets);
      long result = cryptoki.call("C_Login", token.session, USER, copy, (long) octets.length);
      copy.fill((byte) 0);
      if (result != OK && result != ALREADY_LOGGED_IN) {
        token.close();
        throw TokenFailure.of("C_Login", result);
      }
      return token;
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  /** The token's serial number, at most 16 characters: two tokens may have one label. */
  public String serial() {
    return slot.serial();
  }

  /** Whether its library says that it is hardware (CKF_HW_SLOT). */
  public boolean hardware() {
    return slot.hardware();
  }

  /**
   * The key of that kind and label; empty if there is none.
   *
   * @throws IOException if there are several: it is unknown which one is meant
   */
  public synchronized Optional<Key> find(Kind kind, String label) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      Template template = new Template(call, 2);
      template.number(CLASS, kind.number).text(LABEL, label);
      cryptoki.check("C_FindObjectsInit", session, template.segment, template.size());
      MemorySegment found = call.allocate(ValueLayout.JAVA_LONG, 2);
      MemorySegment count = call.allocate(ValueLayout.JAVA_LONG);
      cryptoki.check("C_FindObjects", session, found, 2L, count);
      cryptoki.check("C_FindObjectsFinal", session);
      long number = count.get(ValueLayout.JAVA_LONG, 0);
      if (number > 1) {
        throw new IOException(
            "The token has several keys " + label + ": take away the wrong ones.");
      }
      return number == 0
          ? Optional.empty()
          : Optional.of(new Key(found.get(ValueLayout.JAVA_LONG, 0)));
    }
  }

  /** Has the token make an AES-256 key that seals, stays in it for good and is never shown. */
  public synchronized Key makeSealingKey(String label) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      Template template = new Template(call, 12);
      template
          .number(CLASS, SECRET_KEY)
          .number(KEY_TYPE, AES)
          .number(VALUE_SIZE, 32)
          .text(LABEL, label)
          .flag(TOKEN, true)
          .flag(PRIVATE, true)
          .flag(SENSITIVE, true)
          .flag(EXTRACTABLE, false)
          .flag(ENCRYPT, true)
          .flag(DECRYPT, true)
          .flag(WRAP, false)
          .flag(UNWRAP, false);
      MemorySegment mechanism = call.allocate(Cryptoki.TRIPLE, 8);
      Cryptoki.put(mechanism, 0, AES_KEY_GEN, MemorySegment.NULL);
      MemorySegment key = call.allocate(ValueLayout.JAVA_LONG);
      cryptoki.check("C_GenerateKey", session, mechanism, template.segment, template.size(), key);
      return new Key(key.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  /**
   * Whether the token says of {@code key} that it was made inside, is never shown and never was,
   * and cannot leave and never could.
   */
  public synchronized boolean staysInside(Key key) throws IOException {
    return attributes(key).equals(EntityAttestation.TOKEN_KEY);
  }

  /** What the token says of {@code key}, in the words of PKCS#11, each with 1 or 0. */
  public synchronized String attributes(Key key) throws IOException {
    StringJoiner said = new StringJoiner(" ");
    said.add("CKA_LOCAL=" + flag(key, LOCAL));
    said.add("CKA_SENSITIVE=" + flag(key, SENSITIVE));
    said.add("CKA_ALWAYS_SENSITIVE=" + flag(key, ALWAYS_SENSITIVE));
    said.add("CKA_EXTRACTABLE=" + flag(key, EXTRACTABLE));
    said.add("CKA_NEVER_EXTRACTABLE=" + flag(key, NEVER_EXTRACTABLE));
    return said.toString();
  }

  private int flag(Key key, long attribute) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment value = call.allocate(1);
      MemorySegment template = call.allocate(Cryptoki.TRIPLE, 8);
      Cryptoki.put(template, 0, attribute, value);
      cryptoki.check("C_GetAttributeValue", session, key.handle(), template, 1L);
      return value.get(ValueLayout.JAVA_BYTE, 0) != 0 ? 1 : 0;
    }
  }

  /**
   * AES-256-GCM in the token: ciphertext ‖ tag of 16 octets.
   *
   * @param nonce 12 octets, never twice under one key
   */
  public synchronized Bytes seal(Key key, Bytes nonce, Bytes aad, SecretBytes plaintext)
      throws IOException {
    byte[] input = plaintext.copy();
    try (Arena call = Arena.ofConfined()) {
      cryptoki.check("C_EncryptInit", session, gcm(call, nonce, aad), key.handle());
      return Bytes.wrap(run("C_Encrypt", call, input, input.length + TAG));
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }

  /**
   * Opens what {@link #seal} sealed.
   *
   * @throws TokenFailure of kind {@code NOT_OPENED}, or of another that the token prefers, if it
   *     was sealed by another key or changed
   */
  public synchronized SecretBytes open(Key key, Bytes nonce, Bytes aad, Bytes sealed)
      throws IOException {
    try (Arena call = Arena.ofConfined()) {
      cryptoki.check("C_DecryptInit", session, gcm(call, nonce, aad), key.handle());
      byte[] input = sealed.toByteArray();
      return SecretBytes.wrap(run("C_Decrypt", call, input, input.length));
    }
  }

  /** CK_MECHANISM with CK_GCM_PARAMS (v2.40, section 2.12.3). */
  private static MemorySegment gcm(Arena call, Bytes nonce, Bytes aad) {
    MemorySegment parameters = call.allocate(48, 8);
    parameters.set(
        ValueLayout.ADDRESS, 0, call.allocateFrom(ValueLayout.JAVA_BYTE, nonce.toByteArray()));
    parameters.set(ValueLayout.JAVA_LONG, 8, nonce.size());
    parameters.set(ValueLayout.JAVA_LONG, 16, nonce.size() * 8L);
    parameters.set(
        ValueLayout.ADDRESS, 24, call.allocateFrom(ValueLayout.JAVA_BYTE, aad.toByteArray()));
    parameters.set(ValueLayout.JAVA_LONG, 32, aad.size());
    parameters.set(ValueLayout.JAVA_LONG, 40, TAG * 8L);
    MemorySegment mechanism = call.allocate(Cryptoki.TRIPLE, 8);
    Cryptoki.put(mechanism, 0, AES_GCM, parameters);
    return mechanism;
  }

  /** One call of the kind (session, input, size, output, size). Erases the native copies. */
  private byte[] run(String function, Arena call, byte[] input, int outputMax) throws IOException {
    MemorySegment from = call.allocateFrom(ValueLayout.JAVA_BYTE, input);
    MemorySegment to = call.allocate(Math.max(1, outputMax));
    MemorySegment size = call.allocateFrom(ValueLayout.JAVA_LONG, outputMax);
    try {
      cryptoki.check(function, session, from, (long) input.length, to, size);
      return to.asSlice(0, size.get(ValueLayout.JAVA_LONG, 0)).toArray(ValueLayout.JAVA_BYTE);
    } finally {
      from.fill((byte) 0);
      to.fill((byte) 0);
    }
  }

  /** The public point of an Ed25519 key, with or without the DER octet string around it. */
  public synchronized Optional<Bytes> point(Key publicKey) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment value = call.allocate(256);
      MemorySegment template = call.allocate(Cryptoki.TRIPLE, 8);
      Cryptoki.put(template, 0, POINT, value);
      cryptoki.check("C_GetAttributeValue", session, publicKey.handle(), template, 1L);
      long size = template.get(ValueLayout.JAVA_LONG, 16);
      if (size == UNAVAILABLE || size < 32 || size > POINT_MAX) {
        return Optional.empty();
      }
      byte[] octets = value.asSlice(size - 32, 32).toArray(ValueLayout.JAVA_BYTE);
      return Optional.of(Bytes.wrap(octets));
    }
  }

  /** The Ed25519 signature of {@code message}, 64 octets; verify it before you rely on it. */
  public synchronized Bytes sign(Key privateKey, Bytes message) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment mechanism = call.allocate(Cryptoki.TRIPLE, 8);
      Cryptoki.put(mechanism, 0, EDDSA, MemorySegment.NULL);
      cryptoki.check("C_SignInit", session, mechanism, privateKey.handle());
      byte[] signature = run("C_Sign", call, message.toByteArray(), SIGNATURE);
      if (signature.length != SIGNATURE) {
        throw new IOException("The token's signature has a wrong length.");
      }
      return Bytes.wrap(signature);
    }
  }

  /** Ends the session. */
  @Override
  public synchronized void close() {
    try {
      cryptoki.check("C_CloseSession", session);
    } catch (IOException e) {
      // The process ends its sessions by ending.
    }
  }

  /** A growing array of CK_ATTRIBUTE. */
  private static final class Template {
    private final Arena arena;
    private final MemorySegment segment;
    private int count;

    Template(Arena arena, int max) {
      this.arena = arena;
      this.segment = arena.allocate((long) max * Cryptoki.TRIPLE, 8);
    }

    private Template add(long type, MemorySegment value) {
      Cryptoki.put(segment, count++, type, value);
      return this;
    }

    Template number(long type, long value) {
      return add(type, arena.allocateFrom(ValueLayout.JAVA_LONG, value));
    }

    Template flag(long type, boolean value) {
      return add(type, arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) (value ? 1 : 0)));
    }

    Template text(long type, String value) {
      byte[] octets = value.getBytes(StandardCharsets.UTF_8);
      return add(type, arena.allocateFrom(ValueLayout.JAVA_BYTE, octets));
    }

    long size() {
      return count;
    }
  }
}
