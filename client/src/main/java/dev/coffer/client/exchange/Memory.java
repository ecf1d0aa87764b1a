package dev.coffer.client.exchange;

import dev.coffer.client.Cause;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a client keeps, typed, over the port that keeps octets. Whatever is sent has been stored
 * before, so a failure here stops the operation with nothing lost. As thread-safe as the port.
 */
public final class Memory {
  /** Reads a kept value. */
  @FunctionalInterface
  interface Decoder<T> {
    T read(CanonicalReader in) throws Rejected;
  }

  /**
   * The last registration that this device saw certified, whatever the fleet.
   *
   * @param hash H(registration), 32 octets
   */
  public record Registered(FleetId fleetId, long generation, Bytes hash) {}

  /**
   * Where a fleet was found that passed the verification.
   *
   * @param address as the transport says it
   */
  public record Way(FleetId fleet, String address) {}

  private static final String WAYS = "ways";
  private static final int WAYS_MAX = 4;

  private final ClientMemory port;

  /** Keeps in {@code port}. */
  public Memory(ClientMemory port) {
    this.port = port;
  }

  /** How far the chain of a partition has been seen. */
  public ChainProgress seen(FleetId fleetId, int partition) throws OperationAborted {
    return load(chainName(fleetId, partition), ChainProgress::read).orElse(ChainProgress.NOTHING);
  }

  /** Remembers verified values. */
  public void remember(FleetId fleetId, int partition, ChainProgress seen) throws OperationAborted {
    CanonicalWriter out = new CanonicalWriter();
    seen.write(out);
    store(chainName(fleetId, partition), out);
  }

  /** The unfinished recovery of a subject; the caller closes it. */
  public Optional<PendingRecovery> recovery(Subject subject) throws OperationAborted {
    return load("recovery-" + digest(subject), PendingRecovery::read);
  }

  /** Keeps an unfinished recovery: called before anything of it is sent. */
  public void keep(Subject subject, PendingRecovery pending) throws OperationAborted {
    CanonicalWriter out = new CanonicalWriter();
    pending.write(out);
    store("recovery-" + digest(subject), out);
  }

  /** The recovery has its certified end. */
  public void dropRecovery(Subject subject) throws OperationAborted {
    erase("recovery-" + digest(subject));
  }

  /** The unfinished enrolment of a subject; the caller closes it. */
  public Optional<PendingEnrolment> enrolment(Subject subject) throws OperationAborted {
    return load("enrolment-" + digest(subject), PendingEnrolment::read);
  }

  /** Keeps an unfinished enrolment: called before anything of it is sent. */
  public void keep(Subject subject, PendingEnrolment pending) throws OperationAborted {
    CanonicalWriter out = new CanonicalWriter();
    pending.write(out);
    store("enrolment-" + digest(subject), out);
  }

  /** The enrolment has its certified end. */
  public void dropEnrolment(Subject subject) throws OperationAborted {
    erase("enrolment-" + digest(subject));
  }

  /** The registration that this device last saw certified for the same account and slot. */
  public Optional<Registered> registered(Subject subject) throws OperationAborted {
    return load(
        registeredName(subject),
        in -> new Registered(new FleetId(in.raw(Limits.DIGEST)), in.u64(), in.raw(Limits.DIGEST)));
  }

  /** Remembers a registration. */
  public void remember(Subject subject, long generation, Bytes hash) throws OperationAborted {
    store(
        registeredName(subject),
        new CanonicalWriter().raw(subject.fleetId().value()).u64(generation).raw(hash));
  }

  /** The registration is deleted or gone, unless it is with another fleet by now. */
  public void dropRegistered(Subject subject) throws OperationAborted {
    Optional<Registered> registered = registered(subject);
    if (registered.isPresent() && registered.get().fleetId().equals(subject.fleetId())) {
      erase(registeredName(subject));
    }
  }

  /** The fleet whose slot is to be deleted, now that the registration is with another. */
  public Optional<FleetId> leaving(Subject subject) throws OperationAborted {
    return load(leavingName(subject), in -> new FleetId(in.raw(Limits.DIGEST)));
  }

  /** Remembers which fleet is left: called before a registration with another begins. */
  public void leave(Subject subject) throws OperationAborted {
    store(leavingName(subject), new CanonicalWriter().raw(subject.fleetId().value()));
  }

  /** Nothing is left behind any more. */
  public void left(Subject subject) throws OperationAborted {
    erase(leavingName(subject));
  }

  /** Where other fleets were found, the newest first. */
  public List<Way> ways() throws OperationAborted {
    return load(
            WAYS,
            in -> {
              List<Way> ways = new ArrayList<>();
              int count = in.number(0, WAYS_MAX, in.u8(), "ways");
              for (int i = 0; i < count; i++) {
                FleetId fleet = new FleetId(in.raw(Limits.DIGEST));
                ways.add(new Way(fleet, in.text(VaultTransport.ADDRESS_MAX, "address")));
              }
              return ways;
            })
        .orElse(List.of());
  }

  /** Remembers where a fleet was found. */
  public void remember(Way way) throws OperationAborted {
    List<Way> before = ways();
    if (before.contains(way)) {
      return;
    }
    List<Way> ways = new ArrayList<>();
    ways.add(way);
    before.stream().filter(one -> !one.fleet().equals(way.fleet())).forEach(ways::add);
    CanonicalWriter out = new CanonicalWriter();
    int count = Math.min(ways.size(), WAYS_MAX);
    out.u8(count);
    for (Way one : ways.subList(0, count)) {
      out.raw(one.fleet().value()).string(one.address());
    }
    store(WAYS, out);
  }

  private static String leavingName(Subject subject) {
    return registeredName(subject).replace("registered-", "leaving-");
  }

  private static String chainName(FleetId fleetId, int partition) {
    return "chain-" + fleetId.value().hex() + "-" + partition;
  }

  private static String digest(Subject subject) {
    return Hashes.sha256(Label.CLIENT_MEMORY.tuple().field(subject.encode())).hex();
  }

  /**
   * Without the fleet: a device that comes to a new fleet has to find what it had at the old one.
   */
  private static String registeredName(Subject subject) {
    return "registered-"
        + Hashes.sha256(
                Label.CLIENT_MEMORY
                    .tuple()
                    .field(subject.tenant())
                    .field(subject.account())
                    .field(subject.slot()))
            .hex();
  }

  private <T> Optional<T> load(String name, Decoder<T> decoder) throws OperationAborted {
    Optional<SecretBytes> value;
    try {
      value = port.load(name);
    } catch (IOException e) {
      throw OperationAborted.tryAgain(Cause.MEMORY, Duration.ZERO);
    }
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try (SecretBytes kept = value.get()) {
      return Optional.of(decode(kept.copy(), decoder));
    } catch (Rejected e) {
      // Going on as if there were nothing would forget a rollback, or burn a guess.
      throw OperationAborted.untrusted(Distrust.MEMORY_DAMAGED);
    }
  }

  /** Erases {@code octets}, which may hold a blind and contexts: what is decoded are copies. */
  static <T> T decode(byte[] octets, Decoder<T> decoder) throws Rejected {
    try {
      CanonicalReader in = CanonicalReader.over(octets);
      T decoded = decoder.read(in);
      in.end();
      return decoded;
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  private void store(String name, CanonicalWriter out) throws OperationAborted {
    byte[] octets = out.toByteArray();
    out.wipe();
    try (SecretBytes value = SecretBytes.copyOf(octets)) {
      port.store(name, value);
    } catch (IOException e) {
      throw OperationAborted.tryAgain(Cause.MEMORY, Duration.ZERO);
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  private void erase(String name) throws OperationAborted {
    try {
      port.erase(name);
    } catch (IOException e) {
      throw OperationAborted.tryAgain(Cause.MEMORY, Duration.ZERO);
    }
  }
}
