package dev.coffer.client.port;

import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.util.Optional;

/**
 * Where a client keeps requests that have no certified outcome yet, and how far it has seen each
 * chain. Small values (at most {@value #VALUE_MAX} octets) under names of {@code a-z 0-9 -}.
 *
 * <p><b>The implementation promises:</b> {@link #store} is atomic and durable when it returns: a
 * crash leaves the old value or the new one. Only this app can read the values (file mode 600,
 * Android Keystore): while a recovery is under way, its blind lies here, and whoever reads it can
 * test codes against it without the vault. Thread-safe.
 */
public interface ClientMemory {
  /** Octets of the largest value. */
  int VALUE_MAX = 8192;

  /** The value stored last; the caller destroys it. */
  Optional<SecretBytes> load(String name) throws IOException;

  /** Replaces the value. The caller destroys {@code value} afterwards. */
  void store(String name, SecretBytes value) throws IOException;

  /** Erases the value, if there is one. */
  void erase(String name) throws IOException;
}
