package dev.coffer.lab.bench;

import dev.coffer.client.port.ClientMemory;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A client's memory as long as its process: a load's, since no user's device may forget. */
public final class MemoryOnly implements ClientMemory {
  private final Map<String, SecretBytes> values = new ConcurrentHashMap<>();

  @Override
  public Optional<SecretBytes> load(String name) {
    return Optional.ofNullable(values.get(name)).map(SecretBytes::copy).map(SecretBytes::wrap);
  }

  @Override
  public void store(String name, SecretBytes value) {
    values.put(name, SecretBytes.wrap(value.copy()));
  }

  @Override
  public void erase(String name) {
    values.remove(name);
  }
}
