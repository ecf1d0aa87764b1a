package dev.coffer.verification.crypto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The few functions of libsodium that our arithmetic is compared with. Wants the Debian package
 * libsodium23. Not thread-safe: arguments go through one set of native buffers, so that a benchmark
 * measures the function and not the allocation.
 */
public final class Libsodium {
  private static final Optional<Libsodium> LIBRARY = load();

  private final MemorySegment[] buffers = new MemorySegment[4];
  private final MethodHandle ristrettoMultiply;
  private final MethodHandle ristrettoMultiplyBase;
  private final MethodHandle ristrettoFromHash;
  private final MethodHandle ristrettoIsValid;
  private final MethodHandle ristrettoAdd;
  private final MethodHandle scalarReduce;
  private final MethodHandle scalarMultiply;
  private final MethodHandle scalarInvert;
  private final MethodHandle x25519;
  private final MethodHandle x25519Base;
  private final MethodHandle seedKeyPair;
  private final MethodHandle sign;
  private final MethodHandle verify;

  private Libsodium(SymbolLookup symbols) {
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = Arena.global().allocate(4096, 32);
    }
    FunctionDescriptor two = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
    FunctionDescriptor three = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    ristrettoMultiply = bind(symbols, "crypto_scalarmult_ristretto255", three);
    ristrettoMultiplyBase = bind(symbols, "crypto_scalarmult_ristretto255_base", two);
    ristrettoFromHash = bind(symbols, "crypto_core_ristretto255_from_hash", two);
    ristrettoIsValid =
        bind(
            symbols,
            "crypto_core_ristretto255_is_valid_point",
            FunctionDescriptor.of(JAVA_INT, ADDRESS));
    ristrettoAdd = bind(symbols, "crypto_core_ristretto255_add", three);
    scalarReduce =
        bind(
            symbols,
            "crypto_core_ristretto255_scalar_reduce",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    scalarMultiply =
        bind(
            symbols,
            "crypto_core_ristretto255_scalar_mul",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    scalarInvert = bind(symbols, "crypto_core_ristretto255_scalar_invert", two);
    x25519 = bind(symbols, "crypto_scalarmult_curve25519", three);
    x25519Base = bind(symbols, "crypto_scalarmult_curve25519_base", two);
    seedKeyPair = bind(symbols, "crypto_sign_seed_keypair", three);
    sign =
        bind(
            symbols,
            "crypto_sign_detached",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    verify =
        bind(
            symbols,
            "crypto_sign_verify_detached",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  }

  /** The library, if this machine has it. */
  public static Optional<Libsodium> find() {
    return LIBRARY;
  }

  private static Optional<Libsodium> load() {
    try {
      SymbolLookup symbols = SymbolLookup.libraryLookup("libsodium.so.23", Arena.global());
      Libsodium library = new Libsodium(symbols);
      call(bind(symbols, "sodium_init", FunctionDescriptor.of(JAVA_INT)));
      return Optional.of(library);
    } catch (IllegalArgumentException missing) {
      return Optional.empty();
    }
  }

  private static MethodHandle bind(
      SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
    MemorySegment address =
        symbols
            .find(name)
            .orElseThrow(() -> new IllegalArgumentException("libsodium lacks " + name));
    return Linker.nativeLinker().downcallHandle(address, descriptor);
  }

  private static int call(MethodHandle handle, Object... arguments) {
    try {
      Object result = handle.invokeWithArguments(arguments);
      return result == null ? 0 : (Integer) result;
    } catch (Throwable e) {
      throw new IllegalStateException("libsodium call", e);
    }
  }

  private MemorySegment in(int buffer, byte[] octets) {
    MemorySegment.copy(octets, 0, buffers[buffer], JAVA_BYTE, 0, octets.length);
    return buffers[buffer];
  }

  private byte[] out(int size) {
    byte[] octets = new byte[size];
    MemorySegment.copy(buffers[0], JAVA_BYTE, 0, octets, 0, size);
    return octets;
  }

  /** k·p on ristretto255, with decoding and encoding; empty for what libsodium rejects. */
  public Optional<byte[]> ristrettoMultiply(byte[] k, byte[] p) {
    try {
      int status = (int) ristrettoMultiply.invokeExact(buffers[0], in(1, k), in(2, p));
      return status == 0 ? Optional.of(out(32)) : Optional.empty();
    } catch (Throwable e) {
      throw new IllegalStateException("libsodium call", e);
    }
  }

  /** k·B on ristretto255. */
  public byte[] ristrettoMultiplyBase(byte[] k) {
    try {
      int status = (int) ristrettoMultiplyBase.invokeExact(buffers[0], in(1, k));
      return status == 0 ? out(32) : new byte[32];
    } catch (Throwable e) {
      throw new IllegalStateException("libsodium call", e);
    }
  }

  /** X25519; empty for the all-zero result. */
  public Optional<byte[]> x25519(byte[] k, byte[] u) {
    try {
      int status = (int) x25519.invokeExact(buffers[0], in(1, k), in(2, u));
      return status == 0 ? Optional.of(out(32)) : Optional.empty();
    } catch (Throwable e) {
      throw new IllegalStateException("libsodium call", e);
    }
  }

  /** The public key of X25519. */
  public byte[] x25519Base(byte[] k) {
    try {
      int ignored = (int) x25519Base.invokeExact(buffers[0], in(1, k));
      return out(32);
    } catch (Throwable e) {
      throw new IllegalStateException("libsodium call", e);
    }
  }

  /** Ed25519 with the 64-octet secret key (seed ‖ public key). */
  public byte[] sign(byte[] secretKey, byte[] message) {
    try {
      int ignored =
          (int)
              sign.invokeExact(
                  buffers[0],
                  MemorySegment.NULL,
                  in(1, message),
                  (long) message.length,
                  in(2, secretKey));
      return out(64);
    } catch (Throwable e) {
      throw new IllegalStateException("libsodium call", e);
    }
  }

  /** Whether libsodium accepts the Ed25519 signature. */
  public boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    try {
      return (int)
              verify.invokeExact(
                  in(1, signature), in(2, message), (long) message.length, in(3, publicKey))
          == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("libsodium call", e);
    }
  }

  /** seed ‖ public key. */
  public byte[] secretKey(byte[] seed) {
    call(seedKeyPair, buffers[3], buffers[0], in(1, seed));
    return out(64);
  }

  /** The one-way map of 64 octets to ristretto255. */
  public byte[] ristrettoFromHash(byte[] uniform) {
    call(ristrettoFromHash, buffers[0], in(1, uniform));
    return out(32);
  }

  /** Whether the octets are a canonical encoding. */
  public boolean ristrettoIsValid(byte[] p) {
    return call(ristrettoIsValid, in(1, p)) == 1;
  }

  /** p + q. */
  public byte[] ristrettoAdd(byte[] p, byte[] q) {
    call(ristrettoAdd, buffers[0], in(1, p), in(2, q));
    return out(32);
  }

  /** 64 octets modulo ℓ. */
  public byte[] scalarReduce(byte[] wide) {
    call(scalarReduce, buffers[0], in(1, wide));
    return out(32);
  }

  /** a·b modulo ℓ. */
  public byte[] scalarMultiply(byte[] a, byte[] b) {
    call(scalarMultiply, buffers[0], in(1, a), in(2, b));
    return out(32);
  }

  /** 1/a modulo ℓ. */
  public byte[] scalarInvert(byte[] a) {
    call(scalarInvert, buffers[0], in(1, a));
    return out(32);
  }
}
