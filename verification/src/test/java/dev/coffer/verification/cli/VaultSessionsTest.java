package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.cli.vault.LoginSource;
import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Slot;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.node.fleet.LoopbackFleet;
import dev.coffer.node.fleet.TestLogins;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays every session {@code vault-….txt} in {@code verification/cli} with a vault behind: a fleet
 * of three in this process, over real sockets, with the real HSM core. They double as a manual:
 * each shows one way through the command, as a user types it. $VAULT is the vault's home; each
 * session has accounts of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("long")
class VaultSessionsTest {
  private static final int NODES = 3;
  private static final int READY_SECONDS = 120;

  @TempDir private static Path directory;
  private LoopbackFleet fleet;
  private Path home;

  /** The fleet's own issuer logs everybody in. */
  private final class LoopbackDeployment implements Deployment {
    private final Path vault;

    LoopbackDeployment(Path vault) {
      this.vault = vault;
    }

    @Override
    public LoginSource logins(Session session, Path at, String account)
        throws Failure, IOException {
      if (!at.equals(vault)) {
        return Deployment.super.logins(session, at, account);
      }
      return new LoginSource() {
        @Override
        public String tenant() {
          return TestLogins.TENANT;
        }

        @Override
        public LoginToken token(FleetId fleetId, Bytes deviceKey, boolean fresh) {
          return fleet
              .logins()
              .login(
                  fleetId,
                  account,
                  deviceKey,
                  session.clock().instant().plus(Duration.ofMinutes(10)));
        }

        @Override
        public void close() {}
      };
    }
  }

  @BeforeAll
  void found() throws Exception {
    home = Files.createDirectories(directory.resolve("vault")).toRealPath();
    fleet = new LoopbackFleet(home, NODES, 2);
    fleet.startAll();
    LoopbackFleet.await(
        "the fleet", READY_SECONDS, () -> IntStream.rangeClosed(1, NODES).allMatch(fleet::ready));
    List<URI> nodes = IntStream.rangeClosed(1, NODES).mapToObj(fleet::uri).toList();
    new FleetAddress(fleet.fleet().id(), nodes, home.resolve("ca.pem")).write(home);
    Files.write(home.resolve("fleet.bin"), fleet.fleet().encode().toByteArray());
  }

  @AfterAll
  void leave() {
    if (fleet != null) {
      fleet.close();
    }
  }

  /** Every request that clients send to the nodes, before it leaves. */
  private final class Outbound extends ProxySelector implements AutoCloseable {
    private final ProxySelector before = ProxySelector.getDefault();
    private final Set<Integer> ports = new HashSet<>();
    private final Consumer<String> heard;

    Outbound(Consumer<String> heard) {
      IntStream.rangeClosed(1, NODES).forEach(node -> ports.add(fleet.uri(node).getPort()));
      this.heard = heard;
      ProxySelector.setDefault(this);
    }

    @Override
    public List<Proxy> select(URI uri) {
      if (ports.contains(uri.getPort())) {
        heard.accept(uri.getPath());
      }
      return List.of(Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

    @Override
    public void close() {
      ProxySelector.setDefault(before);
    }
  }

  private void play(String account, String device, String... lines) throws IOException {
    playAt(home, account, device, lines);
  }

  private void playAt(Path vault, String account, String device, String... lines)
      throws IOException {
    Path own = Files.createDirectories(directory.resolve(account));
    Path script = own.resolve("script.txt");
    Files.writeString(
        script,
        "env COFFER_HOME=$VAULT\nenv COFFER_ACCOUNT=%s\nenv COFFER_DEVICE=$DIR/%s\n%s\n"
            .formatted(account, device, String.join("\n", lines)));
    SessionScript.play(script, own, vault, new LoopbackDeployment(vault));
  }

  /** INV-10: anything that a right code alone sends would tell hosts that it was right. */
  @Test
  void hostsHearNothingAfterTheSecondMessageWhateverTheCode() throws IOException {
    play("dana", "phone", "$ coffer enroll", "type 493817", "type 493817");
    List<String> wrong = heard("dana", "laptop", "$ coffer recover", "type 493818", "= 3");
    List<String> right = heard("dana", "tablet", "$ coffer recover", "type 493817");
    assertEquals(List.of("/v1/bundle", "/v1/vault", "/v1/vault"), wrong);
    assertEquals(wrong, right);
  }

  /** What hosts hear, in order, while a device plays. */
  private List<String> heard(String account, String device, String... lines) throws IOException {
    List<String> paths = Collections.synchronizedList(new ArrayList<>());
    // Sockets ask for a way, too, and have no path.
    try (Outbound outbound = new Outbound(path -> paths.add(path))) {
      play(account, device, lines);
    }
    return paths.stream().filter(path -> !path.isEmpty()).toList();
  }

  /** A guess that is counted between a right code's two messages stays counted, and is told. */
  @Test
  void guessesCountedAfterARightCodeAreTold() throws IOException {
    play("emil", "phone", "$ coffer enroll", "type 493817", "type 493817");
    AtomicInteger messages = new AtomicInteger();
    Consumer<String> thief =
        path -> {
          if (path.equals("/v1/vault") && messages.incrementAndGet() == 2) {
            try {
              play("emil", "thief", "$ coffer recover", "type 000000", "= 3");
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    try (Outbound outbound = new Outbound(thief)) {
      play(
          "emil",
          "laptop",
          "$ coffer recover --json",
          "type 493817",
          "! …Guesses left: 9.…",
          "> {…\"recovered\":true,…,\"guessesLeft\":9}");
    }
    play(
        "emil",
        "laptop",
        "$ coffer status --json",
        "> {…\"guessesLeft\":9}",
        "$ coffer status",
        "> …recovery code: registered…9 guesses left, as of…");
  }

  /**
   * What a browser does: a code of 32 random octets in a slot of its own, for the K of a device.
   */
  private void passkey(String account, String device, int number) throws IOException {
    Path folder = directory.resolve(account).resolve(device);
    try (BackupSecret secret = Device.of(folder, account).secret().orElseThrow();
        SecretBytes random = SecretBytes.random(Randomness.system(), RecoveryCode.PASSKEY_SIZE)) {
      RecoveryCode code = RecoveryCode.ofPasskey(random);
      assertInstanceOf(
          Enrolment.Enrolled.class,
          fleet
              .client(account, LoopbackFleet.memory())
              .enrol(Slot.passkey(number), code, secret, Authority.none()));
      code.destroy();
    }
  }

  @Test
  void passkeysAreListedAndRevokedWithNoneAtHand() throws IOException {
    play(
        "hana",
        "phone",
        "$ coffer passkey list",
        "> The vault has no passkey of hana.",
        "$ coffer enroll",
        "type 493817",
        "type 493817");
    passkey("hana", "phone", 1);
    passkey("hana", "phone", 3);
    play(
        "hana",
        "laptop",
        "$ coffer passkey list --json",
        "> {\"account\":\"hana\",\"passkeys\":[\"passkey-1\",\"passkey-3\"]}",
        "# A login alone revokes nothing here: this device has no key.",
        "$ coffer passkey revoke passkey-3 --yes",
        "! coffer: Only a device that has the backup key may delete this registration.",
        "= 1");
    play(
        "hana",
        "phone",
        "$ coffer passkey revoke code --yes",
        "! coffer: This is no slot of a passkey.",
        "! Name passkey-1 to passkey-8, as coffer passkey list prints it.",
        "= 2",
        "$ coffer passkey revoke passkey-3",
        "! coffer: There is no terminal to ask for confirmation.",
        "= 2",
        "$ coffer passkey revoke passkey-3",
        "type n",
        "= 130",
        "$ coffer passkey revoke passkey-3",
        "type y",
        "> Revoked: passkey-3 of hana opens nothing any more.",
        "$ coffer passkey revoke passkey-3 --yes --json",
        "! coffer: The vault has no passkey-3 of hana.",
        "> {\"error\":\"NOT_REGISTERED\",…}",
        "= 5",
        "$ coffer passkey revoke passkey-1 --yes --json",
        "> {\"account\":\"hana\",\"passkey\":\"passkey-1\",\"revoked\":true}",
        "$ coffer passkey list",
        "> The vault has no passkey of hana.",
        "# The code is as it was, and nobody has guessed at it.",
        "$ coffer recover --json",
        "type 493817",
        "> {…\"recovered\":true,…}");
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.toList();
    }
  }

  /** Whoever is to mend what a device remembers has to know which file that is. */
  @Test
  void aMemoryThatIsDamagedOrCannotBeReadIsNamed() throws IOException {
    play("fay", "phone", "$ coffer enroll", "type 493817", "type 493817");
    Path memory = directory.resolve("fay").resolve("phone").resolve("fay").resolve("memory");
    for (Path file : files(memory)) {
      Files.write(file, new byte[] {1, 2, 3});
    }
    play(
        "fay",
        "phone",
        "$ coffer recover",
        "type 493817",
        "! coffer: What this device remembers of the vault is damaged: …/fay/memory/….",
        "! Put a copy of that file back, or move it away and run the same command again: …",
        "= 8");
    for (Path file : files(memory)) {
      Files.delete(file);
      Files.createDirectory(file);
    }
    String unreadable =
        "! coffer: What this device remembers of the vault cannot be read or written: …/memory/….";
    play("fay", "phone", "$ coffer recover", "type 493817", unreadable, "= 10");
    play("fay", "phone", "$ coffer status", unreadable, "= 10");
  }

  private Path loginProgram(String script) throws IOException {
    Path program = Files.writeString(directory.resolve("log-in"), "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  /** A login that never came has not expired: somebody has to look at the program. */
  @Test
  void aLoginProgramThatGivesNoneIsNamed() throws IOException {
    Path program = loginProgram("exit 3");
    play(
        "hugo",
        "phone",
        "$ coffer enroll --tenant app --login-command " + program,
        "type 493817",
        "type 493817",
        "! coffer: The login program " + program + " failed (status 3).",
        "! Run it by itself …",
        "= 9");
  }

  /** A backup waits for nobody to log in, and what does is ended with it. */
  @Test
  void aLoginProgramThatWaitsDoesNotOutliveABackup() throws IOException {
    Path pid = directory.resolve("waiting");
    Path program = loginProgram("echo $$ > '" + pid + "'; exec sleep 600");
    play(
        "ines",
        "phone",
        "file photos/a.jpg not really a picture",
        "$ coffer key use --digits-stdin",
        "stdin 00112233 44556677 8899aabb ccddeeff 00112233 44556677 8899AABB ccddeeff 46 6a 0e 5c 18 79 5c dd",
        "$ coffer backup -r $DIR/repo $DIR/photos --tenant app --login-command " + program,
        "> Backed up 1 file, …",
        "! The vault could not be asked whether …: The login program "
            + program
            + " still waited …");
    long number = Long.parseLong(Files.readString(pid).strip());
    assertTrue(ProcessHandle.of(number).filter(ProcessHandle::isAlive).isEmpty());
  }

  /** Whoever reads the status is not sent to it again. */
  @Test
  void theStatusOfAFleetThatIsDownSaysWhatToStart() throws IOException {
    Path down = Files.createDirectories(directory.resolve("down")).toRealPath();
    Files.copy(home.resolve("fleet.bin"), down.resolve("fleet.bin"));
    List<URI> nobody =
        IntStream.rangeClosed(1, NODES)
            .mapToObj(n -> URI.create("https://localhost:" + n))
            .toList();
    new FleetAddress(fleet.fleet().id(), nobody, home.resolve("ca.pem")).write(down);
    playAt(
        down,
        "gil",
        "phone",
        "$ coffer status",
        "> node 1  down …",
        "> not serving: 2 of 3 are needed.",
        "! coffer: No node of the fleet answers.",
        "! Start what is down with coffer up --home " + down + "; …",
        ">- coffer status",
        "= 7");
  }

  @TestFactory
  Stream<DynamicTest> sessions() throws IOException {
    return SessionScript.scripts(name -> name.startsWith("vault-"))
        .map(script ->
            DynamicTest.dynamicTest(
                script.getFileName().toString(),
                () ->
                    SessionScript.play(
                        script,
                        Files.createDirectories(directory.resolve(script.getFileName())),
                        home,
                        new LoopbackDeployment(home))));
  }
}
