package dev.coffer.backup.sftp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.LoopbackServer;
import dev.coffer.backup.StoreContract;
import dev.coffer.backup.ToolRun;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.protocol.crypto.Randomness;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against OpenSSH's server, on loopback, with keys of its own. */
@Tag("long")
class OpenSshTest {
  /** Where a server that the administrator starts wants an empty folder. */
  private static final Path SEPARATION = Path.of("/run/sshd");

  @TempDir static Path home;
  private static LoopbackServer server;
  private static int port;

  /** Of the same server without OpenSSH's own renaming. */
  private static int plainPort;

  @BeforeAll
  static void start() throws Exception {
    boolean installed =
        List.of("sshd", "ssh-keygen", "ssh-agent", "ssh-add").stream()
            .allMatch(ToolRun::isInstalled);
    if (installed && System.getProperty("user.name").equals("root")) {
      Files.createDirectories(SEPARATION);
    }
    if (!installed) {
      System.out.println("SKIPPED OpenSshTest: OpenSSH's server or client is not installed");
    }
    assumeTrue(installed, "OpenSSH is not installed");
    key("host");
    key("mine");
    key("stranger");
    Files.createDirectories(home.resolve("ssh"));
    Files.copy(home.resolve("mine.pub"), home.resolve("authorized"));
    plainPort = LoopbackPorts.take();
    port = LoopbackPorts.take();
    trust("host");
    Path config =
        Files.write(
            home.resolve("sshd_config"),
            List.of(
                "Port " + plainPort,
                "Port " + port,
                "ListenAddress 127.0.0.1",
                "HostKey " + home.resolve("host"),
                "AuthorizedKeysFile " + home.resolve("authorized"),
                "PidFile none",
                "StrictModes no",
                "PasswordAuthentication no",
                "MaxStartups 100",
                "Subsystem sftp internal-sftp",
                "Match LocalPort " + plainPort,
                "ForceCommand internal-sftp -P posix-rename"));
    server =
        LoopbackServer.start(
            new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config.toString()),
            port,
            home.resolve("sshd.log"));
  }

  private static void key(String name) throws Exception {
    ToolRun.of(
        home, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home.resolve(name).toString());
  }

  private static void trust(String name) throws Exception {
    String key = Files.readString(home.resolve(name + ".pub"));
    Files.writeString(
        home.resolve("ssh/known_hosts"),
        "[127.0.0.1]:" + port + " " + key + "[127.0.0.1]:" + plainPort + " " + key);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static SftpSettings settings(Path folder, Optional<String> key, Optional<Path> agent) {
    return settings(port, folder, key, agent);
  }

  private static SftpSettings settings(
      int port, Path folder, Optional<String> key, Optional<Path> agent) {
    String user = System.getProperty("user.name");
    return SftpSettings.of(
        URI.create("sftp://" + user + "@127.0.0.1:" + port + folder.toUri().getRawPath()),
        home.resolve("ssh"),
        key.map(home::resolve),
        agent);
  }

  private static SftpStore store(String folder) {
    return SftpStore.at(
        settings(home.resolve(folder), Optional.of("mine"), Optional.empty()), Randomness.system());
  }

  private static BackupException refusal(SftpSettings settings) {
    SftpStore store = SftpStore.at(settings, Randomness.system());
    BackupException refused =
        assertThrows(BackupException.class, () -> store.put("data/x", new byte[1]));
    assertTrue(refused.getMessage().contains(": "), refused.getMessage());
    return refused;
  }

  @Test
  void keepsWhatAStorePromises() throws Exception {
    StoreContract.check(store("contract/deep er"));
  }

  @Test
  void backsUpAndRestores() throws Exception {
    StoreContract.backsUpAndRestores(store("repository"), home.resolve("tree"));
  }

  @Test
  void asksAnAgentForKeys() throws Exception {
    Path socket = home.resolve("agent");
    Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString()).start();
    try {
      for (int tries = 0; tries < 600 && Files.notExists(socket); tries++) {
        assertFalse(agent.waitFor(100, TimeUnit.MILLISECONDS));
      }
      SftpSettings settings =
          settings(home.resolve("agents"), Optional.empty(), Optional.of(socket));
      assertEquals(Reason.STORE_DENIED, refusal(settings).reason());
      ProcessBuilder add = new ProcessBuilder("ssh-add", "-q", home.resolve("mine").toString());
      add.environment().put("SSH_AUTH_SOCK", socket.toString());
      assertEquals(0, add.start().waitFor());
      SftpStore store = SftpStore.at(settings, Randomness.system());
      store.put("data/x", new byte[] {1});
      assertArrayEquals(new byte[] {1}, store.get("data/x", 10).orElseThrow());
    } finally {
      agent.destroy();
    }
  }

  @Test
  void refusesADetourItWouldNotTake() throws Exception {
    Path config = home.resolve("ssh/config");
    SftpSettings settings = settings(home.resolve("detour"), Optional.of("mine"), Optional.empty());
    try {
      for (String detour : List.of("ProxyJump gate.example", "ProxyCommand nc %h %p")) {
        Files.writeString(config, "Host 127.*\n  " + detour + "\n");
        BackupException refused = refusal(settings);
        assertEquals(Reason.LOCAL_FAULT, refused.reason());
        assertTrue(refused.getMessage().contains(detour.split(" ")[0]), refused.getMessage());
      }
      Files.writeString(config, "Host *\n  ProxyJump none\n");
      SftpStore.at(settings, Randomness.system()).put("data/x", new byte[1]);
    } finally {
      Files.deleteIfExists(config);
    }
  }

  @Test
  void refusesHostsThatItDoesNotKnowAndKeysThatTheHostDoesNot() throws Exception {
    Path folder = home.resolve("refused");
    Optional<String> mine = Optional.of("mine");
    Path known = home.resolve("ssh/known_hosts");
    try {
      Files.delete(known);
      BackupException unknown = refusal(settings(folder, mine, Optional.empty()));
      assertEquals(Reason.STORE_DENIED, unknown.reason());
      assertTrue(unknown.getMessage().contains("not in known_hosts"), unknown.getMessage());
      trust("stranger");
      BackupException other = refusal(settings(folder, mine, Optional.empty()));
      assertEquals(Reason.STORE_DENIED, other.reason());
      assertTrue(other.getMessage().contains("another"), other.getMessage());
      // The user's own file may not switch this off.
      Files.writeString(home.resolve("ssh/config"), "Host *\n  StrictHostKeyChecking no\n");
      assertEquals(Reason.STORE_DENIED, refusal(settings(folder, mine, Optional.empty())).reason());
    } finally {
      Files.deleteIfExists(home.resolve("ssh/config"));
      trust("host");
    }
    BackupException stranger = refusal(settings(folder, Optional.of("stranger"), Optional.empty()));
    assertEquals(Reason.STORE_DENIED, stranger.reason());
    assertTrue(stranger.getMessage().contains("accepts no key"), stranger.getMessage());
    assertEquals(
        Reason.STORE_DENIED,
        refusal(settings(folder, Optional.empty(), Optional.empty())).reason());
    assertEquals(
        Reason.LOCAL_FAULT,
        refusal(settings(folder, Optional.of("no-such-key"), Optional.empty())).reason());
    assertFalse(Files.exists(folder));
  }

  @Test
  void goesOnWhenTheConnectionBreaks() throws Exception {
    SftpStore store = store("breaking");
    for (int i = 0; i < 3; i++) {
      store.put("data/" + i, new byte[] {(byte) i});
      server.breakConnections();
    }
    assertArrayEquals(new byte[] {2}, store.get("data/2", 10).orElseThrow());
  }

  @Test
  void replacesWhereTheServerDoesNot() throws Exception {
    Path folder = home.resolve("plain");
    SftpStore store =
        SftpStore.at(
            settings(plainPort, folder, Optional.of("mine"), Optional.empty()),
            Randomness.system());
    store.put("data/x", new byte[] {1});
    store.put("data/x", new byte[] {2});
    assertArrayEquals(new byte[] {2}, store.get("data/x", 10).orElseThrow());
    try (var left = Files.list(folder.resolve("tmp"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void whatCannotBeReplacedStays() throws Exception {
    Path memory = Path.of("/dev/shm");
    boolean other =
        Files.isWritable(memory) && !Files.getFileStore(memory).equals(Files.getFileStore(home));
    if (!other) {
      System.out.println("SKIPPED OpenSshTest.whatCannotBeReplacedStays: no second file system");
    }
    assumeTrue(other, "there is no second file system");
    SftpStore store = store("stays");
    store.put("data/x", new byte[] {1});
    // Nothing can be renamed from one file system to another.
    Files.delete(home.resolve("stays/tmp"));
    Path elsewhere = Files.createTempDirectory(memory, "coffer");
    Files.createSymbolicLink(home.resolve("stays/tmp"), elsewhere);
    try {
      assertThrows(BackupException.class, () -> store.put("data/x", new byte[] {2}));
      assertArrayEquals(new byte[] {1}, store.get("data/x", 10).orElseThrow());
    } finally {
      try (var left = Files.list(elsewhere)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(elsewhere);
    }
  }

  @Test
  void whatIsNoObjectIsNotRead() throws Exception {
    SftpStore store = store("odd");
    store.put("data/ok", new byte[3]);
    Path data = home.resolve("odd/data");
    Files.createDirectory(data.resolve("folder"));
    Files.createSymbolicLink(data.resolve("link"), Path.of("ok"));
    ToolRun.of(home, "mkfifo", data.resolve("pipe").toString());
    Files.writeString(data.resolve("ok (conflicted copy)"), "x");
    for (String name : List.of("folder", "link", "pipe")) {
      BackupException odd =
          assertThrows(BackupException.class, () -> store.get("data/" + name, 100), name);
      assertEquals(Reason.OBJECT_FAULT, odd.reason());
    }
    List<String> names = new ArrayList<>();
    store.list("", object -> names.add(object.name()));
    assertEquals(List.of("data/ok"), names);
    Path leftover = Files.write(home.resolve("odd/tmp/put1"), new byte[5]);
    Path fresh = Files.write(home.resolve("odd/tmp/put2"), new byte[5]);
    Files.setLastModifiedTime(leftover, FileTime.from(Instant.ofEpochSecond(1000)));
    store.sweep(Instant.ofEpochSecond(2000));
    assertTrue(Files.notExists(leftover) && Files.exists(fresh));
  }

  @Test
  void aFullDiskIsSaidInOneSentence() throws Exception {
    Path disk = Files.createDirectory(home.resolve("disk"));
    // A file system of 1 MiB in memory; only the administrator may mount one.
    ToolRun mount =
        ToolRun.any(home, null, "mount", "-t", "tmpfs", "-o", "size=1m", "none", disk.toString());
    if (mount.exit() != 0) {
      System.out.println(
          "SKIPPED OpenSshTest.aFullDiskIsSaidInOneSentence: mounting is not allowed");
    }
    assumeTrue(mount.exit() == 0, "mounting is not allowed");
    try {
      SftpStore store = store("disk/repository");
      BackupException full =
          assertThrows(BackupException.class, () -> store.put("data/x", new byte[3 << 20]));
      assertEquals(Reason.STORE_FULL, full.reason());
      assertTrue(store.get("data/x", 10).isEmpty());
      store.put("data/small", new byte[10]);
    } finally {
      ToolRun.of(home, "umount", disk.toString());
    }
  }

  @Test
  void addressesThatCannotBeMeant() {
    for (String address :
        List.of(
            "sftp://host/x",
            "sftp://u:password@host/x",
            "sftp://u@host",
            "sftp://u@host/",
            "sftp://u@host/a%2Ab",
            "sftp://u@host/x?y",
            "sftp://u@host/x#y",
            "sftp://u@-oProxyCommand=x/y",
            "sftp:///x")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> SftpSettings.of(URI.create(address), home, Optional.empty(), Optional.empty()),
          address);
    }
    Optional<Path> none = Optional.empty();
    assertEquals(
        "a b/tmp",
        SftpSettings.of(URI.create("sftp://u@h/~/a%20b/"), home, none, none).path("tmp"));
    assertEquals("tmp", SftpSettings.of(URI.create("sftp://u@h/~"), home, none, none).path("tmp"));
    assertEquals(
        "/a", SftpSettings.of(URI.create("sftp://u@[::1]:22/a"), home, none, none).path(""));
  }
}
