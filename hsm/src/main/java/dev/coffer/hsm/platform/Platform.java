package dev.coffer.hsm.platform;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.HsmPromises;
import java.util.Optional;

/** The machine that an HSM runs in: everything about it that is not a pure function. */
public interface Platform {
  /**
   * What it is, at most 64 octets; contains {@code SIMULATED} if it does not protect its memory.
   */
  String model();

  /** The digest of the program that runs, 32 octets; the same on every HSM of a fleet. */
  Bytes measurement();

  /**
   * What it promises of itself (PROTOCOL.md §10), and whatever else vouches for {@code text}; at
   * most 1,984 octets, and the same whenever it is asked for the same text. A platform that says
   * nothing here is SIMULATED.
   */
  default Bytes evidence(Bytes text) {
    return HsmPromises.SIMULATED;
  }

  /** What it is now. One that says nothing more here is open to everybody, its keys included. */
  default EntityAttestation.Device attested() {
    return new EntityAttestation.Device(model(), measurement(), true, "");
  }

  /** Cryptographically secure; never crosses the host boundary. */
  Randomness randomness();

  /** The chain's memory. */
  Nvram nvram();

  /** The static state stored last, which the caller erases; empty on a new HSM. */
  Optional<SecretBytes> load();

  /**
   * Seals {@code state} under a key that only this platform has, and stores it: atomic, durable.
   */
  void store(SecretBytes state);
}
