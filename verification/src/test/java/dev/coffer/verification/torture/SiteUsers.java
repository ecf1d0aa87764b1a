package dev.coffer.verification.torture;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.VaultClient;
import dev.coffer.client.https.HttpsTransport;
import dev.coffer.client.https.TrustAnchors;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.lab.bench.MemoryOnly;
import dev.coffer.lab.bench.NoStretching;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.verify.ClientFloor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * People who register a code from one phone and recover with another, again and again, with the
 * client and the limits that apps have; only the stretching of the code is left out. Every recovery
 * is a new phone's: no memory, and no connection yet. What a verdict may not be is noted. Used by
 * one thread, works with several.
 */
final class SiteUsers {
  private static final int AT_ONCE = 3;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final Duration LOGIN = Duration.ofHours(2);

  private final FleetId fleet;
  private final List<URI> nodes;
  private final Bytes authority;
  private final DevelopmentIssuer issuer;
  private final Randomness randomness;
  private final List<User> users = new ArrayList<>();
  private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicInteger withoutVerdict = new AtomicInteger();

  /**
   * A recovery.
   *
   * @param millis from the first message to K, whatever had to be repeated
   * @param exchanges over HTTPS, one after the other
   */
  record Took(long millis, int exchanges) {}

  private record User(String name, BackupSecret secret) {}

  private interface Work {
    void run() throws InterruptedException;
  }

  SiteUsers(
      FleetId fleet,
      List<URI> nodes,
      Bytes authority,
      DevelopmentIssuer issuer,
      Randomness randomness) {
    this.fleet = fleet;
    this.nodes = List.copyOf(nodes);
    this.authority = authority;
    this.issuer = issuer;
    this.randomness = randomness;
  }

  /** Registered so far. */
  int count() {
    return users.size();
  }

  /** What was promised and not kept. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  /** Calls that had to be repeated, since the client could not reach a verdict. */
  int withoutVerdict() {
    return withoutVerdict.get();
  }

  /** Counts what goes over the wire; one thread. */
  private static final class Counting implements VaultTransport {
    private final VaultTransport inner;
    private int exchanges;

    Counting(VaultTransport inner) {
      this.inner = inner;
    }

    @Override
    public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
      exchanges++;
      return inner.post(message, admittingIndex, replies, turn);
    }

    @Override
    public Sent bundle(int turn) {
      exchanges++;
      return inner.bundle(turn);
    }
  }

  private VaultClient phone(User user, VaultTransport way) {
    return new VaultClient(
        new FleetPin(fleet, new ClientPolicy(ClientFloor.DEVELOPMENT, 10, KsfParameters.DEFAULT)),
        way,
        new DeviceLogin(
            DevelopmentIssuer.TENANT,
            user.name(),
            SecretBytes.random(randomness, 32),
            (id, key, fresh) -> issuer.issue(id, user.name(), key, LOGIN)),
        new MemoryOnly(),
        randomness,
        Vault.PAUSE,
        new NoStretching());
  }

  /** Sockets of their own: nothing is open yet. */
  private Counting way() {
    try {
      return new Counting(HttpsTransport.to(nodes, Optional.of(TrustAnchors.of(authority))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RecoveryCode code(User user) {
    try {
      return RecoveryCode.typed(("the code of " + user.name()).toCharArray());
    } catch (UnacceptableCode e) {
      throw new IllegalStateException("a made code is acceptable", e);
    }
  }

  /** {@code count} more register. */
  void enrol(int count) throws InterruptedException {
    List<Work> work = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      User user = new User("user-" + users.size(), BackupSecret.generate(randomness));
      users.add(user);
      work.add(() -> enrol(user));
    }
    together(work);
  }

  private void enrol(User user) throws InterruptedException {
    long began = System.nanoTime();
    VaultClient phone = phone(user, way());
    try (RecoveryCode code = code(user)) {
      Enrolment enrolment = phone.enrol(Slot.CODE, code, user.secret(), Authority.none());
      while (enrolment instanceof Enrolment.TryAgain again && repeats(began, again.after())) {
        enrolment = phone.enrol(Slot.CODE, code, user.secret(), Authority.none());
      }
      if (!(enrolment instanceof Enrolment.Enrolled)) {
        faults.add(user.name() + " could not register: " + enrolment);
      }
    }
  }

  private boolean repeats(long began, Duration after) throws InterruptedException {
    if (System.nanoTime() - began > PATIENCE_NANOS) {
      return false;
    }
    withoutVerdict.incrementAndGet();
    Waiting.pass(after.toMillis());
    return true;
  }

  /** Everybody who registered recovers {@code times} with a new phone each time. */
  List<Took> recover(int times) throws InterruptedException {
    ConcurrentLinkedQueue<Took> took = new ConcurrentLinkedQueue<>();
    List<Work> work = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      for (User user : users) {
        work.add(() -> took.add(recover(user)));
      }
    }
    together(work);
    return List.copyOf(took);
  }

  private Took recover(User user) throws InterruptedException {
    Counting way = way();
    VaultClient phone = phone(user, way);
    long began = System.nanoTime();
    try (RecoveryCode code = code(user)) {
      Recovery recovery = phone.recover(Slot.CODE, code);
      while (waits(recovery).isPresent() && repeats(began, waits(recovery).get())) {
        recovery = phone.recover(Slot.CODE, code);
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      if (!(recovery instanceof Recovery.Recovered recovered)) {
        faults.add(user.name() + " got with the right code: " + recovery);
      } else if (!recovered.secret().sameAs(user.secret())) {
        faults.add(user.name() + " got another key");
      }
      return new Took(millis, way.exchanges);
    }
  }

  private static Optional<Duration> waits(Recovery recovery) {
    return switch (recovery) {
      case Recovery.TryAgain again -> Optional.of(again.after());
      case Recovery.Unconfirmed unconfirmed -> Optional.of(unconfirmed.after());
      default -> Optional.empty();
    };
  }

  private void together(List<Work> work) throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Work one : work) {
        threads.execute(() -> run(one));
      }
    }
  }

  private void run(Work work) {
    try {
      work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      faults.add("a phone failed: " + e);
    }
  }
}
