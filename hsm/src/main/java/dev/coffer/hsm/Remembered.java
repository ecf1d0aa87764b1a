package dev.coffer.hsm;

import dev.coffer.hsm.chain.ChainState;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import java.util.List;
import java.util.Optional;

/**
 * What an image of non-volatile memory says, for whoever looks at the memory of an HSM that does
 * not run. Immutable. The certificate is not verified: that takes the fleet.
 *
 * @param ring 1 to W values of consecutive k, oldest first
 * @param certificate the newest that the HSM has verified; empty until the first
 */
public record Remembered(List<ChainValues> ring, Optional<Certificate> certificate) {
  /** Reads {@code image}, which must be of {@code partition} of whichever fleet. */
  public static Remembered of(Bytes image, int partition) throws Rejected {
    ChainState state = ChainState.decode(image, partition);
    return new Remembered(state.ring(), state.certificate());
  }
}
