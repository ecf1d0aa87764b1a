package dev.coffer.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.client.https.TrustAnchors;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proxies and certificates as most programs take them. */
class WebWaysTest {
  private static final URI SERVER = URI.create("https://s3.example");

  @TempDir private Path home;

  private static String via(Map<String, String> environment, String target) throws Failure {
    URI server = URI.create(target);
    List<Proxy> found = WebWays.proxies(environment, server, Optional.empty()).select(server);
    assertEquals(1, found.size());
    return found.get(0).type() == Proxy.Type.DIRECT ? "" : found.get(0).address().toString();
  }

  @Test
  void variablesNameTheProxyAndWhoIsReachedWithoutOne() throws Exception {
    Map<String, String> environment =
        Map.of(
            "HTTPS_PROXY", "http://proxy.example:3128",
            "NO_PROXY", "internal.example, .lan,10.0.0.5,half.example:8443");
    String proxy = "proxy.example/<unresolved>:3128";
    assertEquals(proxy, via(environment, "https://s3.example"));
    assertEquals(proxy, via(environment, "https://notinternal.example"));
    assertEquals(proxy, via(environment, "https://half.example"));
    assertEquals(proxy, via(environment, "https://110.0.0.5"));
    for (String direct :
        List.of(
            "https://internal.example",
            "https://S3.Internal.example:9000",
            "https://nas.lan",
            "https://10.0.0.5",
            "https://half.example:8443",
            "http://localhost:1",
            "http://127.0.0.1:1",
            "http://[::1]:1")) {
      assertEquals("", via(environment, direct), direct);
    }
    assertEquals("", via(Map.of(), "https://s3.example"));
    assertEquals("", via(Map.of("HTTPS_PROXY", "p:1", "NO_PROXY", "*"), "https://s3.example"));
    assertEquals("p/<unresolved>:80", via(Map.of("ALL_PROXY", "p"), "https://s3.example"));
    assertEquals(
        "small/<unresolved>:1",
        via(Map.of("https_proxy", "small:1", "HTTPS_PROXY", "large:2"), "https://s3.example"));
  }

  @Test
  void whatIsNamedComesFirstAndWhatCannotBeUsedIsSaid() throws Exception {
    assertEquals(
        "mine/<unresolved>:7",
        WebWays.proxies(Map.of("HTTPS_PROXY", "other:1"), SERVER, Optional.of("http://mine:7/"))
            .select(SERVER)
            .get(0)
            .address()
            .toString());
    for (String bad :
        List.of(
            "socks5://p:1",
            "https://p:1",
            "http://user:secret@p:1",
            "http://p/x",
            "http://",
            "%")) {
      Failure failure =
          assertThrows(
              Failure.class, () -> WebWays.proxies(Map.of(), SERVER, Optional.of(bad)), bad);
      assertEquals(ExitCode.USAGE, failure.exitCode());
      assertTrue(!(failure.what() + failure.next()).contains("secret"), "no password is repeated");
    }
  }

  /** Variables are for all programs: one that is of no use here hinders only who needs it. */
  @Test
  void variablesAreJudgedWhereTheyAreNeeded() throws Exception {
    Map<String, String> unusable =
        Map.of(
            "ALL_PROXY", "socks5://p:1",
            "NO_PROXY", "nas.lan",
            "SSL_CERT_FILE", home.resolve("missing.pem").toString());
    assertThrows(Failure.class, () -> via(unusable, "https://s3.example"));
    assertEquals("", via(unusable, "https://nas.lan"));
    assertEquals("", via(unusable, "http://127.0.0.1:8080"));
    URI here = URI.create("http://127.0.0.1:8080");
    assertTrue(
        WebWays.of(unusable, here, Optional.empty(), Optional.empty()).build().proxy().isPresent());
    assertThrows(
        Failure.class,
        () -> WebWays.of(unusable, here, Optional.of("socks5://p:1"), Optional.empty()));
  }

  /** As many certificates as a system trusts are more than a fleet has. */
  @Test
  void aFileOfManyCertificatesIsTaken() throws Exception {
    StringBuilder all = new StringBuilder();
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    try (var in =
        Files.newInputStream(Path.of(System.getProperty("java.home"), "lib/security/cacerts"))) {
      trusted.load(in, null);
    }
    for (String alias : Collections.list(trusted.aliases())) {
      all.append("-----BEGIN CERTIFICATE-----\n")
          .append(
              Base64.getMimeEncoder().encodeToString(trusted.getCertificate(alias).getEncoded()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    assertTrue(all.length() > TrustAnchors.PEM_MAX, "more than a fleet may have");
    Path file = Files.writeString(home.resolve("all.pem"), all);
    assertTrue(
        WebWays.of(Map.of(), SERVER, Optional.empty(), Optional.of(file))
            .build()
            .sslContext()
            .getProtocol()
            .startsWith("TLS"));
  }

  /** A tunnel is asked for, to the server by its name: the proxy looks it up. */
  @Test
  void requestsGoThroughIt() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      FutureTask<String> asked =
          new FutureTask<>(() -> {
            try (Socket connection = proxy.accept()) {
              String line =
                  new BufferedReader(
                          new InputStreamReader(
                              connection.getInputStream(), StandardCharsets.US_ASCII))
                      .readLine();
              connection
                  .getOutputStream()
                  .write(
                      "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
                          .getBytes(StandardCharsets.US_ASCII));
              return line;
            }
          });
      Thread thread = new Thread(asked, "proxy");
      thread.setDaemon(true);
      thread.start();
      HttpRequest request = HttpRequest.newBuilder(URI.create("https://bucket.invalid/x")).build();
      String address = "http://127.0.0.1:" + proxy.getLocalPort();
      var client =
          WebWays.of(
              Map.of("HTTPS_PROXY", address), request.uri(), Optional.empty(), Optional.empty());
      try {
        client.build().send(request, HttpResponse.BodyHandlers.discarding());
      } catch (java.io.IOException refused) {
        // As the proxy answered.
        assertTrue(refused.getMessage() != null);
      }
      assertEquals("CONNECT bucket.invalid:443 HTTP/1.1", asked.get());
    }
  }

  @Test
  void aFileWithoutCertificatesIsRefused() throws Exception {
    Path file = Files.writeString(home.resolve("ca.pem"), "no certificate\n");
    for (Path bad : List.of(file, home.resolve("missing.pem"), home)) {
      Failure named =
          assertThrows(
              Failure.class,
              () -> WebWays.of(Map.of(), SERVER, Optional.empty(), Optional.of(bad)));
      assertEquals(ExitCode.USAGE, named.exitCode());
      assertThrows(
          Failure.class,
          () ->
              WebWays.of(
                  Map.of("SSL_CERT_FILE", bad.toString()),
                  SERVER,
                  Optional.empty(),
                  Optional.empty()));
    }
  }
}
