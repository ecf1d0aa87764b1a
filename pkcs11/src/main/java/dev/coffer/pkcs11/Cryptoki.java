package dev.coffer.pkcs11;

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

/**
 * The functions of PKCS#11 (v2.40 and v3.0) that this house needs, called through the foreign
 * function interface: the JDK's own provider knows neither CKM_EDDSA nor what a key's attributes
 * promise. For 64-bit systems on which CK_ULONG has eight octets: Linux and macOS. Not thread-safe.
 */
final class Cryptoki {
  /** CK_ATTRIBUTE and CK_MECHANISM: a number, a pointer, a length. */
  static final int TRIPLE = 24;

  private static final long OK = 0;
  private static final long ALREADY_INITIALIZED = 0x191;
  private static final int SLOTS_MAX = 256;
  private static final int TOKEN_INFO = 256;
  private static final int SLOT_INFO = 112;
  private static final int SLOT_FLAGS_AT = 96;
  private static final long HARDWARE_SLOT = 4;
  private static final int LABEL = 32;
  private static final int SERIAL_AT = 80;
  private static final int SERIAL = 16;

  private final SymbolLookup library;
  private final Map<String, MethodHandle> functions = new HashMap<>();

  /** A slot that holds a token; {@code hardware} as the library says of itself. */
  record Slot(long number, String label, String serial, boolean hardware) {}

  Cryptoki(SymbolLookup library) {
    this.library = library;
  }

  /** The vendor's library at {@code path}, initialised. It stays loaded: others may use it. */
  static Cryptoki load(Path path) throws IOException {
    Arena arena = Arena.ofShared();
    Cryptoki loaded;
    try {
      loaded = new Cryptoki(SymbolLookup.libraryLookup(path, arena));
    } catch (IllegalArgumentException e) {
      arena.close();
      throw new IOException(path + " is no library that can be loaded: correct the setting.", e);
    }
    long result = loaded.call("C_Initialize", MemorySegment.NULL);
    if (result != OK && result != ALREADY_INITIALIZED) {
      throw TokenFailure.of("C_Initialize", result);
    }
    return loaded;
  }

  /** Sets a variable of this process, by the C library: vendors' libraries read theirs there. */
  static void setVariable(String name, String value) throws IOException {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    int result;
    try (Arena call = Arena.ofConfined()) {
      MethodHandle set =
          linker.downcallHandle(linker.defaultLookup().find("setenv").orElseThrow(), type);
      result = (int) set.invokeExact(call.allocateFrom(name), call.allocateFrom(value), 1);
    } catch (Throwable e) {
      throw new IOException("The variable " + name + " could not be set.", e);
    }
    if (result != 0) {
      throw new IOException("The variable " + name + " could not be set.");
    }
  }

  /** Calls a function whose arguments are all CK_ULONG or pointers. */
  long call(String name, Object... arguments) throws IOException {
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

  void check(String name, Object... arguments) throws IOException {
    long result = call(name, arguments);
    if (result != OK) {
      throw TokenFailure.of(name, result);
    }
  }

  /** The slot whose token has that label. */
  Slot slot(String label) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment count = call.allocateFrom(ValueLayout.JAVA_LONG, SLOTS_MAX);
      MemorySegment slots = call.allocate(ValueLayout.JAVA_LONG, SLOTS_MAX);
      check("C_GetSlotList", 1L, slots, count);
      for (int i = 0; i < count.get(ValueLayout.JAVA_LONG, 0); i++) {
        long number = slots.getAtIndex(ValueLayout.JAVA_LONG, i);
        MemorySegment info = call.allocate(TOKEN_INFO);
        check("C_GetTokenInfo", number, info);
        if (text(info, 0, LABEL).equals(label)) {
          return new Slot(number, label, text(info, SERIAL_AT, SERIAL), hardware(call, number));
        }
      }
      throw new TokenFailure(
          TokenFailure.Kind.NOT_THERE,
          "There is no token " + label + ": insert it, or correct its label.");
    }
  }

  private boolean hardware(Arena call, long slot) throws IOException {
    MemorySegment info = call.allocate(SLOT_INFO, 8);
    check("C_GetSlotInfo", slot, info);
    return (info.get(ValueLayout.JAVA_LONG, SLOT_FLAGS_AT) & HARDWARE_SLOT) != 0;
  }

  private static String text(MemorySegment info, int at, int size) {
    byte[] octets = info.asSlice(at, size).toArray(ValueLayout.JAVA_BYTE);
    return new String(octets, StandardCharsets.UTF_8).stripTrailing();
  }

  /** Puts a CK_ATTRIBUTE, or a CK_MECHANISM, at {@code index} of an array of them. */
  static void put(MemorySegment array, int index, long type, MemorySegment value) {
    int at = index * TRIPLE;
    array.set(ValueLayout.JAVA_LONG, at, type);
    array.set(ValueLayout.ADDRESS, at + 8, value);
    array.set(ValueLayout.JAVA_LONG, at + 16, value.byteSize());
  }
}
