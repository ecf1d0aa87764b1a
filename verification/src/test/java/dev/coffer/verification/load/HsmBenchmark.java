package dev.coffer.verification.load;

import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.verification.crypto.Libsodium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one HSM does for an entry of 64 attempts among a thousand accounts: capture before the
 * certificate, release after it; and libsodium's time for 64 evaluations, the least a release could
 * take. Divide by 64 for an attempt. NVRAM is memory here: the fsync of an entry is not in it.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class HsmBenchmark {
  private static final int ATTEMPTS = 64;
  private static final int ACCOUNTS = 1000;

  /** A vault of a thousand accounts, of which 64 recover again and again. */
  @State(Scope.Thread)
  public abstract static class Vault {
    private Path directory;
    BusyVault vault;

    /** A thousand accounts. */
    @Setup(Level.Trial)
    public void found() throws IOException, Rejected {
      directory = Files.createTempDirectory("hsm-benchmark");
      vault = new BusyVault(directory.resolve("store"));
      vault.fill(ACCOUNTS);
      vault.register(ATTEMPTS);
    }

    /** The temporary store goes. */
    @TearDown(Level.Trial)
    public void leave() throws IOException, Rejected {
      vault.requireNothingFailed();
      vault.close();
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }

    void prove(BusyVault.Captured captured) throws Rejected {
      vault.tellOthers(captured);
      vault.apply(captured);
      vault.whole(vault.successes());
    }
  }

  /** An entry of attempts that nobody has captured yet. */
  public static class Ordered extends Vault {
    private BusyVault.Ready ready;
    private HsmPort.Capture capture;

    /** The next attempts. */
    @Setup(Level.Invocation)
    public void order() {
      ready = vault.attempts(ATTEMPTS);
    }

    /** Certify, release, prove all codes right. */
    @TearDown(Level.Invocation)
    public void finish() throws Rejected {
      BusyVault.Captured captured = vault.certify(ready, capture);
      vault.release(captured);
      prove(captured);
    }
  }

  /** An entry of attempts that a quorum has captured, and the certificate. */
  public static class Certified extends Vault {
    private BusyVault.Captured captured;

    /** The next attempts. */
    @Setup(Level.Invocation)
    public void certify() throws Rejected {
      BusyVault.Ready ready = vault.attempts(ATTEMPTS);
      captured = vault.certify(ready, vault.capture(ready));
    }

    /** Prove all codes right. */
    @TearDown(Level.Invocation)
    public void finish() throws Rejected {
      prove(captured);
    }
  }

  /** What both sides multiply. */
  @State(Scope.Thread)
  public static class Sodium {
    private final Libsodium sodium =
        Libsodium.find()
            .orElseThrow(() -> new IllegalStateException("install libsodium23 to compare with it"));
    private final Randomness randomness = new Random(3)::nextBytes;
    private final Ristretto255 group = Ristretto255.GROUP;
    private final byte[] scalar = group.encodeScalar(group.randomScalar(randomness)).copy();
    private final byte[] element =
        group.multiply(group.randomScalar(randomness), group.generator()).encode().toByteArray();
  }

  /** One HSM captures 64 attempts. */
  @Benchmark
  public HsmPort.Capture capture(Ordered state) throws Rejected {
    state.capture = state.vault.capture(state.ready);
    return state.capture;
  }

  /** One HSM evaluates and seals 64 replies. */
  @Benchmark
  public List<HsmPort.PositionedReply> release(Certified state) throws Rejected {
    return state.vault.release(state.captured);
  }

  /** libsodium evaluates 64 times. */
  @Benchmark
  public Object evaluationsLibsodium(Sodium state) {
    Object last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      last = state.sodium.ristrettoMultiply(state.scalar, state.element);
    }
    return last;
  }
}
