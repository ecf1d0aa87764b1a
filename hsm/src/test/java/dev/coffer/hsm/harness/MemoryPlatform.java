package dev.coffer.hsm.harness;

import dev.coffer.hsm.platform.Platform;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.HsmPromises;
import java.util.Optional;
import java.util.Random;

/** A platform in memory that outlives the HSM in it, as a machine outlives its process. */
public final class MemoryPlatform implements Platform {
  private final MemoryNvram nvram = new MemoryNvram();
  private final Randomness randomness;
  private byte[] state = new byte[0];
  private Bytes measurement = Bytes.zeros(32);
  private String model = "SIMULATED test HSM";
  private Bytes evidence = HsmPromises.SIMULATED;

  /** Everything random in it follows from {@code seed}. */
  public MemoryPlatform(long seed) {
    this.randomness = seeded(seed);
  }

  /** Reproducible octets, for tests alone. */
  public static Randomness seeded(long seed) {
    Random random = new Random(seed);
    return target -> {
      synchronized (random) {
        random.nextBytes(target);
      }
    };
  }

  /** Makes it attest something else. */
  public MemoryPlatform attesting(String otherModel, Bytes otherMeasurement) {
    model = otherModel;
    measurement = otherMeasurement;
    return this;
  }

  /** Makes it say that of itself. */
  public MemoryPlatform saying(Bytes otherEvidence) {
    evidence = otherEvidence;
    return this;
  }

  @Override
  public Bytes evidence(Bytes text) {
    return evidence;
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public Bytes measurement() {
    return measurement;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public MemoryNvram nvram() {
    return nvram;
  }

  @Override
  public Optional<SecretBytes> load() {
    return state.length == 0 ? Optional.empty() : Optional.of(SecretBytes.copyOf(state));
  }

  @Override
  public void store(SecretBytes next) {
    state = next.copy();
  }
}
