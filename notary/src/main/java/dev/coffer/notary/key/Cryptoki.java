package dev.coffer.notary.key;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The few functions of PKCS#11 (v2.40 and v3.0) that an Ed25519 signature needs, called through the
 * foreign function interface, because the JDK's own provider does not know CKM_EDDSA. For 64-bit
 * systems on which CK_ULONG has eight octets: Linux and macOS. Not thread-safe.
 *
 * <p>Needs {@code --enable-native-access} for this module.
 */
final class Cryptoki {
  static final long CLASS_PUBLIC = 2;
  static final long CLASS_PRIVATE = 3;

  private static final long OK = 0;
  private static final long ALREADY_INITIALIZED = 0x191;
  private static final long ALREADY_LOGGED_IN = 0x100;
  private static final long SERIAL_SESSION = 4;
  private static final long USER = 1;
  private static final long ATTRIBUTE_CLASS = 0;
  private static final long ATTRIBUTE_LABEL = 3;
  private static final long ATTRIBUTE_POINT = 0x181;
  private static final long MECHANISM_EDDSA = 0x1057;
  private static final long UNAVAILABLE = -1;
  private static final int SLOTS_MAX = 256;
  private static final int LABEL = 32;
  private static final int TOKEN_INFO = 256;
  private static final int SIGNATURE = 64;
  private static final int ATTRIBUTE = 24;

  private final Arena arena = Arena.ofShared();
  private final SymbolLookup library;
  private final Map<String, MethodHandle> functions = new HashMap<>();

  Cryptoki(Path path) throws IOException {
    try {
      library = SymbolLookup.libraryLookup(path, arena);
    } catch (IllegalArgumentException e) {
      arena.close();
      throw new IOException(path + " is no library that can be loaded: correct the setting.", e);
    }
  }

  /** Calls a function whose arguments are all CK_ULONG or pointers. */
  private long call(String name, Object... arguments) throws IOException {
    MethodHandle function = functions.get(name);
    if (function == null) {
      MemorySegment address =
          library
              .find(name)
              .orElseThrow(() -> new IOException("The PKCS#11 library lacks " + name + "."));
      ValueLayout[] layouts =
          Arrays.stream(arguments)
              .map(a -> a instanceof MemorySegment ? ValueLayout.ADDRESS : ValueLayout.JAVA_LONG)
              .toArray(ValueLayout[]::new);
      function =
          Linker.nativeLinker()
              .downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_LONG, layouts));
      functions.put(name, function);
    }
    try {
      return (long) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IOException("The PKCS#11 library could not be called.", e);
    }
  }

  private void check(String name, Object... arguments) throws IOException {
    long result = call(name, arguments);
    if (result != OK) {
      throw new IOException(name + " of the PKCS#11 library answered " + Long.toHexString(result));
    }
  }

  void initialize() throws IOException {
    long result = call("C_Initialize", MemorySegment.NULL);
    if (result != OK && result != ALREADY_INITIALIZED) {
      throw new IOException("C_Initialize of the PKCS#11 library: " + Long.toHexString(result));
    }
  }

  /** A session with the token of that label. */
  long open(String token) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment count = call.allocateFrom(ValueLayout.JAVA_LONG, SLOTS_MAX);
      MemorySegment slots = call.allocate(ValueLayout.JAVA_LONG, SLOTS_MAX);
      check("C_GetSlotList", 1L, slots, count);
      for (int i = 0; i < count.get(ValueLayout.JAVA_LONG, 0); i++) {
        long slot = slots.getAtIndex(ValueLayout.JAVA_LONG, i);
        MemorySegment info = call.allocate(TOKEN_INFO);
        check("C_GetTokenInfo", slot, info);
        byte[] label = info.asSlice(0, LABEL).toArray(ValueLayout.JAVA_BYTE);
        if (new String(label, StandardCharsets.UTF_8).stripTrailing().equals(token)) {
          MemorySegment session = call.allocate(ValueLayout.JAVA_LONG);
          check(
              "C_OpenSession",
              slot,
              SERIAL_SESSION,
              MemorySegment.NULL,
              MemorySegment.NULL,
              session);
          return session.get(ValueLayout.JAVA_LONG, 0);
        }
      }
      throw new IOException("There is no token " + token + ": insert it, or correct its label.");
    }
  }

  void login(long session, SecretBytes pin) throws IOException {
    byte[] octets = pin.copy();
    try (Arena call = Arena.ofConfined()) {
      MemorySegment copy = call.allocateFrom(ValueLayout.JAVA_BYTE, octets);
      long result = call("C_Login", session, USER, copy, (long) octets.length);
      copy.fill((byte) 0);
      if (result != OK && result != ALREADY_LOGGED_IN) {
        throw new IOException(
            "The token does not accept the PIN ("
                + Long.toHexString(result)
                + "): correct the file.");
      }
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  /** The one object of that class and label. */
  long find(long session, long objectClass, String label) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      byte[] name = label.getBytes(StandardCharsets.UTF_8);
      MemorySegment template = call.allocate(2 * ATTRIBUTE, 8);
      attribute(
          template, 0, ATTRIBUTE_CLASS, call.allocateFrom(ValueLayout.JAVA_LONG, objectClass));
      attribute(template, 1, ATTRIBUTE_LABEL, call.allocateFrom(ValueLayout.JAVA_BYTE, name));
      check("C_FindObjectsInit", session, template, 2L);
      MemorySegment found = call.allocate(ValueLayout.JAVA_LONG, 2);
      MemorySegment count = call.allocate(ValueLayout.JAVA_LONG);
      check("C_FindObjects", session, found, 2L, count);
      check("C_FindObjectsFinal", session);
      if (count.get(ValueLayout.JAVA_LONG, 0) != 1) {
        throw new IOException(
            "The token has "
                + count.get(ValueLayout.JAVA_LONG, 0)
                + " keys "
                + label
                + ", not one.");
      }
      return found.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  private static void attribute(MemorySegment template, int index, long type, MemorySegment value) {
    int at = index * ATTRIBUTE;
    template.set(ValueLayout.JAVA_LONG, at, type);
    template.set(ValueLayout.ADDRESS, at + 8, value);
    template.set(ValueLayout.JAVA_LONG, at + 16, value.byteSize());
  }

  /** The public point: 32 octets, with or without the DER octet string around them. */
  Optional<Bytes> point(long session, long publicKey) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment value = call.allocate(TOKEN_INFO);
      MemorySegment template = call.allocate(ATTRIBUTE, 8);
      attribute(template, 0, ATTRIBUTE_POINT, value);
      check("C_GetAttributeValue", session, publicKey, template, 1L);
      long size = template.get(ValueLayout.JAVA_LONG, 16);
      if (size == UNAVAILABLE || size < 32 || size > 34) {
        return Optional.empty();
      }
      byte[] octets = value.asSlice(size - 32, 32).toArray(ValueLayout.JAVA_BYTE);
      return Optional.of(Bytes.wrap(octets));
    }
  }

  Bytes sign(long session, long privateKey, Bytes message) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment mechanism = call.allocate(ATTRIBUTE, 8);
      mechanism.set(ValueLayout.JAVA_LONG, 0, MECHANISM_EDDSA);
      mechanism.set(ValueLayout.ADDRESS, 8, MemorySegment.NULL);
      mechanism.set(ValueLayout.JAVA_LONG, 16, 0);
      check("C_SignInit", session, mechanism, privateKey);
      byte[] octets = message.toByteArray();
      MemorySegment data = call.allocateFrom(ValueLayout.JAVA_BYTE, octets);
      MemorySegment signature = call.allocate(SIGNATURE);
      MemorySegment size = call.allocateFrom(ValueLayout.JAVA_LONG, SIGNATURE);
      check("C_Sign", session, data, (long) octets.length, signature, size);
      if (size.get(ValueLayout.JAVA_LONG, 0) != SIGNATURE) {
        throw new IOException("The token's signature has a wrong length.");
      }
      return Bytes.wrap(signature.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /** Ends a session. The library stays loaded: others may use it. */
  void close(long session) throws IOException {
    check("C_CloseSession", session);
  }
}
