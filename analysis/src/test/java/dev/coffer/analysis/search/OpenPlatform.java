package dev.coffer.analysis.search;

import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.platform.Platform;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The machine of one HSM whose memory lies open: the search reads it, puts it back, and decides
 * what its generator draws, so that the same call on the same state always does the same.
 */
final class OpenPlatform implements Platform, Nvram {
  private final SecretBytes state;
  private Bytes image;
  private long draw;

  OpenPlatform(SecretBytes state, Bytes image) {
    this.state = state;
    this.image = image;
  }

  Bytes image() {
    return image;
  }

  void restore(Bytes earlier) {
    image = earlier;
  }

  /** What the generator draws next follows from {@code number} alone. */
  void drawFrom(long number) {
    draw = number << 16;
  }

  @Override
  public Optional<Bytes> read(int partition) {
    return Optional.of(image);
  }

  @Override
  public void write(int partition, Bytes next) {
    image = next;
  }

  @Override
  public String model() {
    return "SIMULATED searched HSM";
  }

  @Override
  public Bytes measurement() {
    return Bytes.zeros(32);
  }

  @Override
  public Randomness randomness() {
    return target -> {
      for (int at = 0; at < target.length; at += 32) {
        Bytes block = Bytes.wrap(ByteBuffer.allocate(8).putLong(draw++).array());
        Bytes drawn = Hashes.sha256(block);
        Bytes part = drawn.slice(0, Math.min(32, target.length - at));
        part.copyInto(target, at);
      }
    };
  }

  @Override
  public Nvram nvram() {
    return this;
  }

  @Override
  public Optional<SecretBytes> load() {
    return Optional.of(SecretBytes.wrap(state.copy()));
  }

  @Override
  public void store(SecretBytes next) {
    throw new BrokenPromise("frozen", "a founded HSM stores its static state again");
  }
}
