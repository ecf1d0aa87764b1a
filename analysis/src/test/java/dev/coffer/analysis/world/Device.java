package dev.coffer.analysis.world;

import dev.coffer.client.Authority;
import dev.coffer.client.Cause;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Forgetting;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.VaultClient;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.port.Pause;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.request.Request;
import dev.coffer.transparency.verify.ClientFloor;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A user's device, on which the app with the real client is started, killed wherever it waits, and
 * started again on what the device has kept. Only the stretching of the code is another one. What
 * the client tells is held against what the HSMs certified by {@link Verdicts}.
 */
final class Device {
  /** None: nobody holds the HSMs of a world long enough to search codes. */
  static final KeyStretching STRETCHING =
      (output, salt, parameters) ->
          Hkdf.derive(output, new CanonicalWriter().raw(salt), KeyStretching.SIZE);

  private final World world;
  private final Chance chance;
  private final Person person;
  private final String name;
  private final DeviceMemory memory;
  private final Randomness randomness;
  private final SecretBytes deviceKey;
  private final ClientPolicy policy;
  private final Verdicts verdicts;
  private final Set<Request> sent = new HashSet<>();
  private final Map<Request, String> attempts = new HashMap<>();
  private Life life;
  private Optional<Wish> wish = Optional.empty();
  private boolean onlyRecovers;
  private boolean up;
  private boolean idle;
  private String verdict = "";
  private Bytes recovered = Bytes.EMPTY;

  Device(World world, Person person, String name, long seed) {
    this.world = world;
    this.chance = world.chance();
    this.person = person;
    this.name = name;
    this.memory = new DeviceMemory(world, this);
    this.randomness = MemoryPlatform.seeded(world.setting().seed() * 1_000 + seed);
    this.deviceKey = SecretBytes.random(randomness, 32);
    this.policy =
        new ClientPolicy(
            ClientFloor.DEVELOPMENT,
            1 + chance.below(world.setting().limit()),
            KsfParameters.DEFAULT);
    this.verdicts = new Verdicts(world, this);
    this.life = new Life(world);
  }

  @Override
  public String toString() {
    return name;
  }

  DeviceMemory memory() {
    return memory;
  }

  /** The app's process that runs now, or the last one. */
  Life life() {
    return life;
  }

  /** Whether it wants nothing any more. */
  boolean idle() {
    return idle;
  }

  /** How the one recovery of a new device ended; empty while it goes on. */
  String verdict() {
    return verdict;
  }

  /** K, as that recovery brought it back. */
  Bytes recovered() {
    return recovered;
  }

  /** Whether this device sent a request. */
  boolean asked(Request request) {
    return sent.contains(request);
  }

  /** Whether this device sent an attempt for that code. */
  boolean asked(Request request, String code) {
    return code.equals(attempts.get(request));
  }

  /** Lets other processes run for some microseconds, in which this one may be killed. */
  void elsewhere(int micros) {
    life.elsewhere(micros);
  }

  // Its life
  // ----------------------------------------------------------------------------------------------

  /** Turned on some time from now. */
  void later(long micros) {
    world.loop().after(micros, this::start);
  }

  /** A new device of somebody who knows the code: recovers once. */
  void recoverOnce() {
    onlyRecovers = true;
    wish = Optional.of(new Wish.Recover(person.code().orElse("none at all")));
    start();
  }

  private void start() {
    up = true;
    life = new Life(world);
    life.start("app", this::run);
  }

  /** Ends the app wherever it is, and starts it again after a while. */
  void crash() {
    if (up && !idle) {
      world.diary().fault("app killed", name);
      up = false;
      life.end();
      later(10_000 + chance.below(400_000));
    }
  }

  private void run() {
    VaultClient client = client();
    while (!idle) {
      life.sleep(Duration.ofMillis(1 + chance.below(200)).toNanos());
      if (wish.isEmpty()) {
        wish = next();
      } else if (!world.healed() && chance.oneIn(6)) {
        world.diary().done("wishes given up");
        wish = next();
      }
      if (wish.isEmpty()) {
        idle = true;
      } else if (fulfilled(client, wish.get())) {
        wish = Optional.empty();
        idle = !verdict.isEmpty();
      }
    }
  }

  private VaultClient client() {
    DeviceLogin login =
        new DeviceLogin(
            TestIssuer.TENANT,
            person.account(),
            deviceKey,
            (fleet, key, fresh) -> {
              if (!world.healed() && chance.oneIn(200)) {
                world.diary().fault("no login");
                throw new IOException("simulated");
              }
              return world.issuer().login(world.fleet(), person.account(), key);
            });
    return new VaultClient(
        new FleetPin(world.fleet().id(), policy),
        new DeviceLine(world, this, life),
        login,
        memory,
        randomness,
        pause(),
        this::stretch);
  }

  /** Waits in the world's time, which is the one that a call may take, too. */
  private Pause pause() {
    return new Pause() {
      @Override
      public void await(Duration duration) {
        life.sleep(duration.toNanos());
      }

      @Override
      public long nanoTime() {
        return life.nanos();
      }
    };
  }

  private SecretBytes stretch(SecretBytes output, Bytes salt, KsfParameters parameters)
      throws InterruptedException {
    elsewhere(20_000);
    if (!world.healed() && chance.oneIn(100)) {
      world.diary().fault("too little memory to stretch");
      throw new OutOfMemoryError("simulated");
    }
    return STRETCHING.stretch(output, salt, parameters);
  }

  // What its user wants
  // ----------------------------------------------------------------------------------------------

  private Optional<Wish> next() {
    if (world.healed() || onlyRecovers) {
      return Optional.empty();
    }
    Optional<String> code = person.code();
    if (code.isEmpty()) {
      return Optional.of(chance.oneIn(8) ? mistyped() : register());
    }
    return Optional.of(
        switch (chance.below(10)) {
          case 0 -> register();
          case 1 -> person.secret().<Wish>map(Wish.Forget::new).orElseGet(this::register);
          case 2, 3, 4 -> mistyped();
          default -> new Wish.Recover(code.get());
        });
  }

  private Wish mistyped() {
    return new Wish.Recover(person.account() + " mistypes " + person.number());
  }

  private Wish register() {
    Wish.Right right =
        person.secret().isPresent()
            ? Wish.Right.OWNER
            : chance.oneIn(2) ? Wish.Right.NONE : Wish.Right.LOGIN;
    return register(right);
  }

  private Wish.Register register(Wish.Right right) {
    int number = person.number();
    String code = person.account() + " code " + number;
    Bytes secret = Registrations.secret(person.account() + " secret " + number);
    Wish.Register wanted =
        new Wish.Register(code, secret, right, person.secret().orElse(Bytes.EMPTY));
    world.registrations().meant(person.account(), code, secret);
    return wanted;
  }

  /** A request of this device leaves it. */
  void sends(Request request) {
    if (sent.add(request)) {
      world.diary().note(name + " asks " + request.type());
      world.diary().done("requests");
    } else {
      world.diary().done("retries");
    }
    verdicts.sends(request);
    if (request instanceof Request.Attempt && wish.orElseThrow() instanceof Wish.Recover recover) {
      attempts.putIfAbsent(request, recover.code());
    }
  }

  private static RecoveryCode typed(String code) {
    try {
      return RecoveryCode.typed(code.toCharArray());
    } catch (UnacceptableCode e) {
      throw new IllegalStateException("a made code is acceptable", e);
    }
  }

  private static BackupSecret secret(Bytes octets) {
    return BackupSecret.of(SecretBytes.copyOf(octets));
  }

  private boolean fulfilled(VaultClient client, Wish wanted) {
    world.diary().done("calls of the client");
    verdicts.calls();
    return switch (wanted) {
      case Wish.Register register -> registers(client, register);
      case Wish.Recover recover -> recovers(client, recover);
      case Wish.Forget forget -> forgets(client, forget);
    };
  }

  private void told(String what) {
    world.diary().note(name + " is told " + what);
    world.diary().done("verdicts " + what);
  }

  private boolean again(Cause cause) {
    told("TRY_AGAIN " + cause);
    verdicts.again(cause);
    return false;
  }

  private boolean registers(VaultClient client, Wish.Register wanted) {
    Authority authority =
        switch (wanted.right()) {
          case NONE -> Authority.none();
          case OWNER -> Authority.owner(secret(wanted.owner()));
          case LOGIN -> Authority.login();
        };
    Enrolment end =
        client.enrol(Slot.CODE, typed(wanted.code()), secret(wanted.secret()), authority);
    return switch (end) {
      case Enrolment.Enrolled enrolled -> {
        told("ENROLLED");
        verdicts.enrolled(wanted, enrolled);
        world.diary().done("registrations acknowledged");
        person.learns(wanted.code(), wanted.secret());
        yield true;
      }
      case Enrolment.NotAuthorised refused -> {
        told("NOT_AUTHORISED");
        verdicts.notAuthorised(refused);
        person.loses();
        yield true;
      }
      case Enrolment.Exhausted exhausted -> {
        told("EXHAUSTED at registration");
        verdicts.exhaustedAtRegistration();
        person.loses();
        yield true;
      }
      case Enrolment.NotAcceptable refused -> {
        BrokenPromise.unless(false, "policy", name + " asks for what the fleet does not accept");
        yield true;
      }
      case Enrolment.TryAgain again -> again(again.cause());
      case Enrolment.Untrusted untrusted -> {
        told("UNTRUSTED " + untrusted.reason());
        verdicts.untrusted(untrusted.reason());
        yield false;
      }
    };
  }

  private boolean recovers(VaultClient client, Wish.Recover wanted) {
    verdicts.guessing(wanted.code());
    Recovery end = client.recover(Slot.CODE, typed(wanted.code()));
    verdicts.spendNoGuessTwice();
    return switch (end) {
      case Recovery.Recovered right -> {
        told("RECOVERED");
        world.diary().done("recoveries");
        Bytes secret;
        try (SecretBytes octets = right.secret().copy()) {
          secret = Bytes.wrap(octets.copy());
        }
        right.secret().destroy();
        verdicts.recovered(wanted.code(), secret, right);
        person.learns(wanted.code(), secret);
        recovered = secret;
        yield ended("RECOVERED");
      }
      case Recovery.WrongCode wrong -> {
        told("WRONG_CODE");
        world.diary().done("wrong codes");
        verdicts.wrongCode(wanted.code(), wrong);
        if (person.code().equals(Optional.of(wanted.code()))) {
          // Somebody has replaced it.
          person.loses();
        }
        yield ended("WRONG_CODE");
      }
      case Recovery.Unconfirmed unconfirmed -> {
        told("UNCONFIRMED");
        yield false;
      }
      case Recovery.Exhausted exhausted -> {
        told("EXHAUSTED");
        verdicts.exhausted(wanted.code());
        person.loses();
        yield ended("EXHAUSTED");
      }
      case Recovery.NotRegistered nothing -> {
        told("NOT_REGISTERED");
        verdicts.notRegistered(wanted.code());
        person.loses();
        yield ended("NOT_REGISTERED");
      }
      case Recovery.Moved moved -> {
        BrokenPromise.unless(false, "INV-9", name + " is told of a move where there is one fleet");
        yield true;
      }
      case Recovery.TryAgain again -> again(again.cause());
      case Recovery.Untrusted untrusted -> {
        told("UNTRUSTED " + untrusted.reason());
        verdicts.untrusted(untrusted.reason());
        yield false;
      }
    };
  }

  private boolean ended(String how) {
    verdicts.guessIsOver();
    if (onlyRecovers) {
      verdict = how;
    }
    return true;
  }

  private boolean forgets(VaultClient client, Wish.Forget wanted) {
    Forgetting end = client.forget(Slot.CODE, Authority.owner(secret(wanted.owner())));
    return switch (end) {
      case Forgetting.Forgotten forgotten -> {
        told("FORGOTTEN");
        verdicts.forgotten();
        person.loses();
        yield true;
      }
      case Forgetting.NotRegistered nothing -> {
        told("NOT_REGISTERED at deletion");
        verdicts.nothingToForget();
        person.loses();
        yield true;
      }
      case Forgetting.NotAuthorised refused -> {
        told("NOT_AUTHORISED at deletion");
        verdicts.mayNotForget();
        person.loses();
        yield true;
      }
      case Forgetting.TryAgain again -> again(again.cause());
      case Forgetting.Untrusted untrusted -> {
        told("UNTRUSTED " + untrusted.reason());
        verdicts.untrusted(untrusted.reason());
        yield false;
      }
    };
  }
}
