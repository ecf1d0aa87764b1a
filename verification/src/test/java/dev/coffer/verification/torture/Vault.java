package dev.coffer.verification.torture;

import dev.coffer.client.VaultClient;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.https.HttpsTransport;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.lab.bench.NoStretching;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.transparency.verify.ClientFloor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The fleet as devices reach it: the client over HTTPS, and the notes that are taken of everything.
 * Thread-safe.
 */
final class Vault {
  private static final Duration CONNECT = Duration.ofMillis(800);
  private static final Duration ANSWER = Duration.ofSeconds(4);
  private static final Duration LOGIN = Duration.ofHours(2);

  /** Real time, as devices have it. */
  static final Pause PAUSE = duration -> Waiting.pass(duration.toMillis());

  private final Fleet fleet;
  private final VaultTransport transport;
  private final DevelopmentIssuer issuer;
  private final Randomness randomness;
  private final PlacesChecker places = new PlacesChecker();
  private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicLong answers = new AtomicLong();

  Vault(FleetOfProcesses fleet, DevelopmentIssuer issuer, Randomness randomness) {
    this.fleet = fleet.fleet();
    this.transport =
        new HttpsTransport(
            fleet.addresses(), Optional.of(fleet.sockets()), CONNECT, ANSWER, System::nanoTime);
    this.issuer = issuer;
    this.randomness = randomness;
  }

  Fleet fleet() {
    return fleet;
  }

  Randomness randomness() {
    return randomness;
  }

  PlacesChecker places() {
    return places;
  }

  /** Certified outcomes so far. */
  long answers() {
    return answers.get();
  }

  /** A promise is broken, whatever the histories say. */
  void fault(String what) {
    faults.add(what);
  }

  /** Such so far. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  Subject subject(String account) {
    return new Subject(fleet.id(), DevelopmentIssuer.TENANT, account, "code");
  }

  DeviceLogin login(Account account) {
    return new DeviceLogin(
        DevelopmentIssuer.TENANT,
        account.name(),
        account.deviceKey(),
        (fleetId, key, fresh) -> issuer.issue(fleetId, account.name(), key, LOGIN));
  }

  /** A device's way to the fleet. */
  LossyTransport way(Consumer<Bytes> heard) {
    long seed = randomness.bytes(1).at(0) * 256L + randomness.bytes(1).at(0);
    return new LossyTransport(transport, new SplittableRandom(seed), heard);
  }

  /** The client that users have, started on a device. */
  VaultClient client(Account account, LossyTransport way, ClientMemory memory, int limit) {
    return new VaultClient(
        new FleetPin(
            fleet.id(), new ClientPolicy(ClientFloor.DEVELOPMENT, limit, KsfParameters.DEFAULT)),
        way,
        login(account),
        memory,
        randomness,
        PAUSE,
        new NoStretching());
  }

  /** Takes note of a certified outcome. */
  void note(Request request, Verified verified) {
    answers.incrementAndGet();
    places.certified(verified.values().k(), verified.values().head().hex());
    if (verified.outcome().code() != OutcomeCode.ACCEPTED && !verified.partials().isEmpty()) {
      fault(
          "an HSM evaluated "
              + request.type()
              + " although it was refused as "
              + verified.outcome().code());
    }
  }

  /** Nanoseconds from now. */
  static long deadline(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
