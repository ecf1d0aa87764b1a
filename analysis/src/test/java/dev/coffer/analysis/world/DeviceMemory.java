package dev.coffer.analysis.world;

import dev.coffer.client.port.ClientMemory;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.request.Request;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a device keeps while its app is killed and started: atomic and durable as the port promises,
 * sometimes full, and slow enough for the app to die before a change. What the client writes down
 * here of the chain and of its registration is checked as it is written.
 */
final class DeviceMemory implements ClientMemory {
  /** How long a change takes, at most. */
  private static final int MICROS = 2_000;

  /** A registration that the client takes for stored. */
  record Registered(long generation, Bytes hash) {}

  private final World world;
  private final Device device;
  private final TreeMap<String, Bytes> values = new TreeMap<>();
  private final Set<Bytes> shown = new HashSet<>();
  private long seenK;
  private Optional<Spot> seen = Optional.empty();

  DeviceMemory(World world, Device device) {
    this.world = world;
    this.device = device;
  }

  /** The client is shown a certificate, which may be none. */
  void shown(Certificate certificate) {
    try {
      certificate.verify(world.fleet());
      shown.add(certificate.values().head());
    } catch (Rejected e) {
      world.diary().done("certificates that are none");
    }
  }

  /** The newest k that the client has taken note of. */
  long seenK() {
    return seenK;
  }

  /** The newest place on a chain that the client has taken note of; empty before the first. */
  Optional<Spot> seen() {
    return seen;
  }

  /** What the client remembers to have registered. */
  Optional<Registered> registered() {
    return values.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("registered-"))
        .map(entry -> registered(entry.getValue()))
        .findFirst();
  }

  private static Registered registered(Bytes value) {
    try {
      CanonicalReader in = new CanonicalReader(value);
      in.raw(Limits.DIGEST);
      return new Registered(in.u64(), in.raw(Limits.DIGEST));
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a request is kept, octet for octet. */
  boolean holds(Request request) {
    String octets = request.encode().hex();
    return values.values().stream().anyMatch(value -> value.hex().contains(octets));
  }

  @Override
  public Optional<SecretBytes> load(String name) {
    return Optional.ofNullable(values.get(name)).map(SecretBytes::copyOf);
  }

  @Override
  public void store(String name, SecretBytes value) throws IOException {
    device.elsewhere(MICROS);
    if (!world.healed() && world.chance().oneIn(150)) {
      world.diary().fault("device's memory full");
      throw new IOException("simulated");
    }
    BrokenPromise.unless(
        name.matches("[a-z0-9-]+") && value.size() <= VALUE_MAX,
        "port",
        "a client keeps " + value.size() + " octets under " + name);
    Bytes octets = Bytes.wrap(value.copy());
    if (name.startsWith("chain-")) {
      believes(octets);
    }
    values.put(name, octets);
  }

  /** The client believes a certificate: it held, and is no step back (INV-7). */
  private void believes(Bytes octets) {
    try {
      CanonicalReader in = new CanonicalReader(octets);
      in.u64();
      long k = in.u64();
      Bytes head = in.raw(Limits.DIGEST);
      BrokenPromise.unless(
          k >= seenK, "INV-7", device + " goes back from entry " + seenK + " to " + k);
      if (k > 0) {
        BrokenPromise.unless(
            shown.contains(head),
            "INV-5",
            device + " believes in entry " + k + ", of which it was shown no certificate");
        Spot spot = world.ledger().believed(k, head);
        BrokenPromise.unless(
            seen.isEmpty() || k > seenK || seen.get().equals(spot),
            "INV-7",
            device + " takes another history for its own at entry " + k);
        seen = Optional.of(spot);
      }
      seenK = k;
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void erase(String name) {
    device.elsewhere(MICROS);
    values.remove(name);
  }
}
