package dev.coffer.verification.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.oprf.Oprf;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Our arithmetic next to libsodium's, in one run on one machine: only the ratio means something
 * elsewhere. Calls are sampled one by one, so that the median holds on a busy machine, too. How to
 * run it and what it gave is in docs/benchmarks.md.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class ArithmeticBenchmark {
  private static final Ristretto255 GROUP = Ristretto255.GROUP;

  private final Random random = new Random(255);
  private final Randomness randomness = random::nextBytes;
  private final Libsodium sodium =
      Libsodium.find()
          .orElseThrow(() -> new IllegalStateException("install libsodium23 to compare with it"));
  private RistrettoScalar scalar;
  private RistrettoElement element;
  private byte[] scalarOctets;
  private Bytes elementOctets;
  private byte[] elementArray;
  private SecretBytes seed;
  private Ed25519.SigningKey signingKey;
  private byte[] sodiumSecretKey;
  private byte[] sodiumPublicKey;
  private Bytes message;
  private byte[] messageArray;
  private Bytes signature;
  private byte[] signatureArray;
  private Bytes x25519Key;
  private byte[] x25519KeyArray;
  private SecretBytes input;

  /** Inputs that both sides share. */
  @Setup
  public void inputs() {
    scalar = GROUP.randomScalar(randomness);
    scalarOctets = GROUP.encodeScalar(scalar).copy();
    element = GROUP.multiply(GROUP.randomScalar(randomness), GROUP.generator());
    elementOctets = element.encode();
    elementArray = elementOctets.toByteArray();
    seed = SecretBytes.random(randomness, 32);
    signingKey = new Ed25519.SigningKey(seed);
    sodiumSecretKey = sodium.secretKey(seed.copy());
    sodiumPublicKey = signingKey.publicKey().toByteArray();
    message = randomness.bytes(160);
    messageArray = message.toByteArray();
    signature = signingKey.sign(message);
    signatureArray = signature.toByteArray();
    x25519Key = X25519.publicKey(SecretBytes.random(randomness, 32));
    x25519KeyArray = x25519Key.toByteArray();
    input = SecretBytes.random(randomness, 48);
  }

  /** What an HSM does for one attempt: decode, multiply, encode. */
  @Benchmark
  public Bytes oprfEvaluation() throws Rejected {
    return Oprf.RISTRETTO255.evaluate(scalar, GROUP.decode(elementOctets)).encode();
  }

  /** libsodium's decode, multiply, encode. */
  @Benchmark
  public Object oprfEvaluationLibsodium() {
    return sodium.ristrettoMultiply(scalarOctets, elementArray);
  }

  /** Multiplication alone. */
  @Benchmark
  public RistrettoElement multiply() {
    return GROUP.multiply(scalar, element);
  }

  /** Decoding alone. */
  @Benchmark
  public RistrettoElement decode() throws Rejected {
    return GROUP.decode(elementOctets);
  }

  /** Multiplication of the generator, encoded. */
  @Benchmark
  public Bytes multiplyBase() {
    return GROUP.multiply(scalar, GROUP.generator()).encode();
  }

  /** libsodium's multiplication of the generator, encoded. */
  @Benchmark
  public Object multiplyBaseLibsodium() {
    return sodium.ristrettoMultiplyBase(scalarOctets);
  }

  /** What a client does first: hash to the group, multiply, encode. */
  @Benchmark
  public Bytes blind() throws Rejected {
    return Oprf.RISTRETTO255.blind(input, scalar).blindedElement().encode();
  }

  /** 1/k modulo the order. */
  @Benchmark
  public RistrettoScalar invertScalar() {
    return GROUP.invert(scalar);
  }

  /** A signature with a prepared key. */
  @Benchmark
  public Bytes sign() {
    return signingKey.sign(message);
  }

  /** libsodium's signature with its prepared key. */
  @Benchmark
  public Object signLibsodium() {
    return sodium.sign(sodiumSecretKey, messageArray);
  }

  /** Verification, with our stricter checks. */
  @Benchmark
  public boolean verify() {
    return Ed25519.verify(signingKey.publicKey(), message, signature);
  }

  /** libsodium's verification. */
  @Benchmark
  public boolean verifyLibsodium() {
    return sodium.verify(sodiumPublicKey, messageArray, signatureArray);
  }

  /** Key agreement. */
  @Benchmark
  public SecretBytes x25519() throws Rejected {
    return X25519.agree(seed, x25519Key);
  }

  /** libsodium's key agreement. */
  @Benchmark
  public Object x25519Libsodium() {
    return sodium.x25519(scalarOctets, x25519KeyArray);
  }

  /** A public key. */
  @Benchmark
  public Bytes x25519PublicKey() {
    return X25519.publicKey(seed);
  }

  /** libsodium's public key. */
  @Benchmark
  public Object x25519PublicKeyLibsodium() {
    return sodium.x25519Base(scalarOctets);
  }
}
