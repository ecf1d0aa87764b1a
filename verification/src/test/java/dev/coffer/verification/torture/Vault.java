package dev.coffer.verification.torture;

import dev.coffer.client.exchange.BundleFetcher;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.RequestSender;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.https.HttpsTransport;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The fleet as devices reach it: the client's own gate, courier and verification over HTTPS, and
 * the notes that are taken of everything. Thread-safe.
 */
final class Vault {
  private static final Duration CONNECT = Duration.ofMillis(800);
  private static final Duration ANSWER = Duration.ofSeconds(4);
  private static final Duration LOGIN = Duration.ofHours(2);

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

  DeviceLogin login(String account, SecretBytes deviceKey) {
    return new DeviceLogin(
        DevelopmentIssuer.TENANT,
        account,
        deviceKey,
        (fleetId, key, fresh) -> issuer.issue(fleetId, account, key, LOGIN));
  }

  Line line(String account, SecretBytes deviceKey) {
    long seed = randomness.bytes(1).at(0) * 256L + randomness.bytes(1).at(0);
    return new Line(account, deviceKey, new LossyTransport(transport, new SplittableRandom(seed)));
  }

  /** One device's way to the fleet. One thread. */
  final class Line {
    private final Memory memory = new Memory(new Forgetful());
    private final LossyTransport way;
    private final BundleFetcher gate;
    private final RequestSender courier;
    private final Subject subject;

    private Line(String account, SecretBytes deviceKey, LossyTransport way) {
      this.way = way;
      subject = subject(account);
      gate = new BundleFetcher(new FleetPin(fleet.id(), ClientPolicy.DEVELOPMENT), way, memory);
      courier =
          new RequestSender(
              way,
              login(account, deviceKey),
              memory,
              randomness,
              duration -> Waiting.pass(duration.toMillis()));
    }

    /** Passes the gate and opens a request on the newest certificate. */
    OpenRequest open(Function<RequestHeader, Request> rest) throws OperationAborted {
      TrustedFleet trusted = pass();
      long seenK = gate.newest(trusted, 0).k();
      places.heardOf(seenK);
      return OpenRequest.open(randomness, fleet, subject, seenK, rest);
    }

    private TrustedFleet pass() throws OperationAborted {
      return gate.pass(trusted -> 0);
    }

    /** One round of the courier: the outcome, or why there is none yet. */
    Verified exchange(OpenRequest open, VaultTransport.Replies replies) throws OperationAborted {
      TrustedFleet trusted = new TrustedFleet(fleet, Optional.empty(), List.of());
      try {
        Verified verified = courier.exchange(trusted, open, replies);
        note(open, verified);
        return verified;
      } catch (OperationAborted halt) {
        if (halt.distrust().isPresent()) {
          fault("a client met " + halt.distrust().get() + " with " + open.request().type());
        }
        throw halt;
      }
    }

    /** Sends once, and is gone before an answer can come. */
    void lastWords(OpenRequest open) {
      way.dying(true);
      try {
        exchange(open, VaultTransport.Replies.QUORUM);
      } catch (LossyTransport.DeviceGone | OperationAborted gone) {
        return;
      } finally {
        way.dying(false);
      }
    }

    /** The same again and again until {@code deadline}; empty if there was no outcome by then. */
    Optional<Verified> exchange(OpenRequest open, VaultTransport.Replies replies, long deadline)
        throws InterruptedException {
      while (true) {
        try {
          return Optional.of(exchange(open, replies));
        } catch (OperationAborted halt) {
          if (System.nanoTime() - deadline > 0 || halt.distrust().isPresent()) {
            return Optional.empty();
          }
          Waiting.pass(Math.clamp(halt.after().toMillis(), 50, 500));
        }
      }
    }

    private void note(OpenRequest open, Verified verified) {
      answers.incrementAndGet();
      places.certified(verified.values().k(), verified.values().head().hex());
      if (verified.outcome().code() != OutcomeCode.ACCEPTED && !verified.partials().isEmpty()) {
        fault(
            "an HSM evaluated "
                + open.request().type()
                + " although it was refused as "
                + verified.outcome().code());
      }
    }
  }

  /** Keeps what a device keeps, until the device is gone. */
  private static final class Forgetful implements ClientMemory {
    private final Map<String, SecretBytes> values = new ConcurrentHashMap<>();

    @Override
    public Optional<SecretBytes> load(String name) {
      return Optional.ofNullable(values.get(name)).map(Forgetful::copy);
    }

    @Override
    public void store(String name, SecretBytes value) {
      values.put(name, copy(value));
    }

    @Override
    public void erase(String name) {
      values.remove(name);
    }

    private static SecretBytes copy(SecretBytes value) {
      return SecretBytes.wrap(value.copy());
    }
  }

  /** Nanoseconds from now. */
  static long deadline(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
