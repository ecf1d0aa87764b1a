package dev.coffer.backup.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.StoreContract;
import dev.coffer.backup.remote.VirtualPause;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against an S3 server by others, S3Proxy, in its own process on loopback. It checks signatures.
 */
@Tag("long")
class S3ServerTest {
  private static final Path FOLDER = Path.of("src", "test", "s3proxy").toAbsolutePath();
  private static final Path PROGRAM = FOLDER.resolve("target").resolve("dependency");
  private static final int TRIES_MAX = 600;

  @TempDir static Path home;
  private static Process server;
  private static URI endpoint;

  @BeforeAll
  static void start() throws Exception {
    boolean installed = Files.isDirectory(PROGRAM);
    if (!installed) {
      System.out.println(
          "SKIPPED S3ServerTest: S3Proxy is not installed"
              + " (./mvnw -q -f backup/src/test/s3proxy/pom.xml dependency:copy-dependencies)");
    }
    assumeTrue(installed, "S3Proxy is not installed");
    int port = LoopbackPorts.take();
    endpoint = URI.create("http://127.0.0.1:" + port);
    Path properties =
        Files.write(
            home.resolve("s3proxy.properties"),
            List.of(
                "s3proxy.endpoint=" + endpoint,
                "s3proxy.authorization=aws-v4",
                "s3proxy.identity=" + ACCESS,
                "s3proxy.credential=" + SECRET,
                "jclouds.provider=transient-nio2",
                "jclouds.identity=none",
                "jclouds.credential=none"));
    server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + FOLDER.resolve("logback.xml"),
                "-cp",
                PROGRAM + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("s3proxy.log").toFile())
            .start();
    awaitServer(port);
    createBucket();
  }

  private static void awaitServer(int port) throws Exception {
    for (int tries = 0; tries < TRIES_MAX; tries++) {
      try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        try {
          server.onExit().get(100, TimeUnit.MILLISECONDS);
          throw new IOException(
              "S3Proxy ended: " + Files.readString(home.resolve("s3proxy.log")), e);
        } catch (TimeoutException notYet) {
          continue;
        }
      }
    }
    throw new IOException("S3Proxy does not start");
  }

  private static void createBucket() throws Exception {
    SortedMap<String, String> none = Collections.emptySortedMap();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.resolve("/coffer"))
            .PUT(HttpRequest.BodyPublishers.noBody());
    new RequestSigner(credentials(SECRET), "us-east-1")
        .headers(
            "PUT",
            endpoint.getRawAuthority(),
            "/coffer",
            none,
            none,
            new byte[0],
            Clock.systemUTC().instant())
        .forEach(request::header);
    assertEquals(
        200,
        HttpClient.newHttpClient()
            .send(request.build(), HttpResponse.BodyHandlers.discarding())
            .statusCode());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.destroy();
    }
  }

  private static final String ACCESS = "coffer-test";
  private static final String SECRET = "this-secret-guards-nothing";

  private static S3Credentials credentials(String secret) {
    return S3Credentials.of(
        ACCESS, SecretBytes.wrap(secret.getBytes(StandardCharsets.US_ASCII)), Optional.empty());
  }

  private static ObjectStore store(String bucket, String folder, String secret) {
    return S3Store.at(
        new S3Settings(endpoint, "us-east-1", bucket, folder, true),
        credentials(secret),
        Clock.systemUTC());
  }

  @Test
  void keepsWhatAStorePromises() throws Exception {
    StoreContract.check(store("coffer", "contract/deep", SECRET));
  }

  @Test
  void listsMoreThanOnePage() throws Exception {
    S3Settings settings = new S3Settings(endpoint, "us-east-1", "coffer", "many", true);
    ObjectStore store =
        new S3Store(
            settings,
            credentials(SECRET),
            Optional::empty,
            Clock.systemUTC(),
            HttpClient.newBuilder(),
            new VirtualPause(),
            10);
    for (int i = 0; i < 35; i++) {
      store.put("data/" + i, new byte[] {1});
    }
    TreeSet<String> names = new TreeSet<>();
    store.list("data/", object -> names.add(object.name()));
    assertEquals(35, names.size());
  }

  @Test
  void refusesAWrongSecretAndAMissingBucket() {
    BackupException denied =
        assertThrows(
            BackupException.class, () -> store("coffer", "", "wrong").put("data/x", new byte[1]));
    assertEquals(Reason.STORE_DENIED, denied.reason());
    BackupException missing =
        assertThrows(
            BackupException.class,
            () -> store("no-such-bucket", "", SECRET).put("data/x", new byte[1]));
    assertEquals(Reason.STORE_FAULT, missing.reason());
  }

  @Test
  void backsUpAndRestores() throws Exception {
    StoreContract.backsUpAndRestores(store("coffer", "repo", SECRET), home);
  }

  @Test
  void keepsObjectsInAStorageClass() throws Exception {
    S3Settings settings =
        new S3Settings(
            endpoint, "us-east-1", "coffer", "classes", true, Optional.of("STANDARD_IA"));
    StoreContract.check(S3Store.at(settings, credentials(SECRET), Clock.systemUTC()));
  }
}
