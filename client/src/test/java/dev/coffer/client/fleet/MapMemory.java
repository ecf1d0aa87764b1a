package dev.coffer.client.fleet;

import dev.coffer.client.port.ClientMemory;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;

/** A memory that outlives the client in front of it, and that fails as told. Not thread-safe. */
public final class MapMemory implements ClientMemory {
  /** The values by name. */
  public final TreeMap<String, Bytes> values = new TreeMap<>();

  /** Whether storing fails. */
  public boolean full;

  /** Whether what is replaced is overwritten, in every copy that was taken of {@link #values}. */
  public boolean overwriting;

  private final TreeMap<String, byte[]> stored = new TreeMap<>();

  /** Called before every change: throws where a test lets the app crash. */
  public Runnable beforeChange = () -> {};

  /** Called after every change. */
  public Runnable afterChange = () -> {};

  /** Whether something is unfinished. */
  public boolean unfinished() {
    return values.keySet().stream()
        .anyMatch(n -> n.startsWith("recovery-") || n.startsWith("enrolment-"));
  }

  @Override
  public Optional<SecretBytes> load(String name) {
    return Optional.ofNullable(values.get(name)).map(SecretBytes::copyOf);
  }

  @Override
  public void store(String name, SecretBytes value) throws IOException {
    if (full) {
      throw new IOException("no space left");
    }
    if (!name.matches("[a-z0-9-]+") || value.size() > VALUE_MAX) {
      throw new AssertionError("outside the port's limits: " + name + " " + value.size());
    }
    beforeChange.run();
    overwrite(name);
    byte[] octets = value.copy();
    stored.put(name, octets);
    values.put(name, Bytes.wrap(octets));
    afterChange.run();
  }

  @Override
  public void erase(String name) {
    beforeChange.run();
    overwrite(name);
    values.remove(name);
    afterChange.run();
  }

  private void overwrite(String name) {
    byte[] before = stored.remove(name);
    if (overwriting && before != null) {
      Arrays.fill(before, (byte) 0);
    }
  }
}
