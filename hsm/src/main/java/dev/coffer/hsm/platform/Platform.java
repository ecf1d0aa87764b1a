package dev.coffer.hsm.platform;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
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

  /**
   * Whether somebody can look into this program now by a means that the platform knows of. One that
   * says nothing here is open.
   */
  default boolean debugged() {
    return true;
  }

  /**
   * What hardware says of the key that seals the state, as it is now: at most 200 characters of
   * ASCII; empty where no hardware holds one.
   */
  default String keyAttributes() {
    return "";
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
