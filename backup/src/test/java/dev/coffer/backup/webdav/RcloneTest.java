package dev.coffer.backup.webdav;

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
import dev.coffer.protocol.crypto.SecretBytes;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a WebDAV server by others, rclone, on loopback: once plain, once with TLS. */
@Tag("long")
class RcloneTest {
  @TempDir static Path home;
  private static LoopbackServer plain;
  private static LoopbackServer secure;
  private static URI address;
  private static URI secureAddress;

  @BeforeAll
  static void start() throws Exception {
    boolean installed = ToolRun.isInstalled("rclone") && ToolRun.isInstalled("openssl");
    if (!installed) {
      System.out.println("SKIPPED RcloneTest: rclone or openssl is not installed");
    }
    assumeTrue(installed, "rclone is not installed");
    ToolRun.of(
        home,
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=test -addext"
            .concat(" subjectAltName=IP:127.0.0.1 -keyout " + home.resolve("key.pem"))
            .concat(" -out " + home.resolve("cert.pem"))
            .split(" "));
    int port = LoopbackPorts.take();
    plain = serve(port, List.of());
    address = URI.create("http://127.0.0.1:" + port + "/");
    int other = LoopbackPorts.take();
    secure =
        serve(
            other,
            List.of(
                "--cert",
                home.resolve("cert.pem").toString(),
                "--key",
                home.resolve("key.pem").toString()));
    secureAddress = URI.create("https://127.0.0.1:" + other + "/tls");
  }

  private static LoopbackServer serve(int port, List<String> more) throws Exception {
    Path served = Files.createDirectories(home.resolve("served"));
    List<String> command =
        new ArrayList<>(
            List.of("rclone", "serve", "webdav", served.toString(), "--addr", "127.0.0.1:" + port));
    command.addAll(more);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("RCLONE_USER", "alice");
    builder.environment().put("RCLONE_PASS", "secret:with colon");
    builder.environment().put("RCLONE_CONFIG", home.resolve("rclone.conf").toString());
    builder.environment().put("RCLONE_DIR_CACHE_TIME", "0s");
    return LoopbackServer.start(builder, port, home.resolve("rclone-" + port + ".log"));
  }

  @AfterAll
  static void stop() {
    for (LoopbackServer server : new LoopbackServer[] {plain, secure}) {
      if (server != null) {
        server.close();
      }
    }
  }

  private static WebDavLogin login(String password) {
    return WebDavLogin.of("alice", SecretBytes.wrap(password.getBytes(StandardCharsets.UTF_8)));
  }

  private static WebDavStore store(String folder) {
    return WebDavStore.at(
        address.resolve(folder),
        Optional.of(login("secret:with colon")),
        Randomness.system(),
        HttpClient.newBuilder());
  }

  @Test
  void keepsWhatAStorePromises() throws Exception {
    StoreContract.check(store("contract/deep"));
  }

  @Test
  void backsUpAndRestores() throws Exception {
    StoreContract.backsUpAndRestores(store("repository"), home.resolve("tree"));
  }

  @Test
  void refusesAWrongPasswordAndSaysSo() {
    WebDavStore store =
        WebDavStore.at(
            address, Optional.of(login("wrong")), Randomness.system(), HttpClient.newBuilder());
    BackupException denied =
        assertThrows(BackupException.class, () -> store.put("data/x", new byte[1]));
    assertEquals(Reason.STORE_DENIED, denied.reason());
    assertFalse(denied.getMessage().contains("wrong"), denied.getMessage());
    assertEquals("WebDavLogin[redacted]", login("wrong").toString());
  }

  @Test
  void trustsOnlyTheCertificateItWasGiven() throws Exception {
    WebDavStore stranger =
        WebDavStore.at(
            secureAddress,
            Optional.of(login("secret:with colon")),
            Randomness.system(),
            HttpClient.newBuilder());
    BackupException refused = assertThrows(BackupException.class, () -> stranger.get("data/x", 10));
    assertEquals(Reason.STORE_DENIED, refused.reason());
    assertTrue(refused.getMessage().contains("certificate"), refused.getMessage());
    KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
    keys.load(null, null);
    try (var in = Files.newInputStream(home.resolve("cert.pem"))) {
      keys.setCertificateEntry(
          "own", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    WebDavStore own =
        WebDavStore.at(
            secureAddress,
            Optional.of(login("secret:with colon")),
            Randomness.system(),
            HttpClient.newBuilder().sslContext(context));
    own.put("data/x", new byte[] {5});
    assertEquals(1, own.get("data/x", 10).orElseThrow().length);
  }

  @Test
  void leftoversAndThingsOfOthersAreNoObjects() throws Exception {
    Path folder = Files.createDirectories(home.resolve("served/others"));
    assertTrue(store("others").isEmpty());
    Files.writeString(folder.resolve(".DS_Store"), "x");
    assertFalse(store("others").isEmpty(), "only an empty place becomes a repository");
    store("others").put("data/ok", new byte[3]);
    Files.writeString(folder.resolve("data/ok (conflicted copy)"), "x");
    Path leftover = Files.write(folder.resolve("tmp/put1"), new byte[5]);
    Path fresh = Files.write(folder.resolve("tmp/put2"), new byte[5]);
    Files.setLastModifiedTime(leftover, FileTime.from(Instant.ofEpochSecond(1000)));
    List<String> names = new ArrayList<>();
    store("others").list("", object -> names.add(object.name()));
    assertEquals(List.of("data/ok"), names);
    store("others").sweep(Instant.ofEpochSecond(2000));
    assertTrue(Files.notExists(leftover) && Files.exists(fresh));
  }
}
