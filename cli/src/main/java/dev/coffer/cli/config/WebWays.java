package dev.coffer.cli.config;

import dev.coffer.backup.remote.HttpService;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.client.https.TrustAnchors;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How requests leave this machine: through which proxy, and whose certificates count, as the
 * variables say that most programs read.
 */
public final class WebWays {
  private static final int FILE_MAX = 4 << 20;

  private WebWays() {}

  /**
   * A client that goes those ways. What a variable says is looked at where it is needed: it may be
   * for other programs, and other servers.
   *
   * @param server whom the client is for
   * @param proxy what was named, else {@code HTTPS_PROXY} or {@code ALL_PROXY}
   * @param authorities a file of certificates in PEM that alone are trusted, else {@code
   *     SSL_CERT_FILE}, else those of the Java runtime
   */
  public static HttpClient.Builder of(
      Map<String, String> environment,
      URI server,
      Optional<String> proxy,
      Optional<Path> authorities)
      throws Failure {
    HttpClient.Builder ways = HttpClient.newBuilder().proxy(proxies(environment, server, proxy));
    Optional<Path> file =
        authorities.or(() ->
            variable(environment, "SSL_CERT_FILE")
                .filter(any -> "https".equalsIgnoreCase(server.getScheme()))
                .map(Path::of));
    if (file.isPresent()) {
      ways.sslContext(trusting(file.get()));
    }
    return ways;
  }

  private static Optional<String> variable(Map<String, String> environment, String... names) {
    for (String name : names) {
      for (String spelt : new String[] {name.toLowerCase(Locale.ROOT), name}) {
        String value = environment.getOrDefault(spelt, "");
        if (!value.isEmpty()) {
          return Optional.of(value);
        }
      }
    }
    return Optional.empty();
  }

  /** This machine is reached without one, and so is what {@code NO_PROXY} names. */
  static ProxySelector proxies(Map<String, String> environment, URI server, Optional<String> named)
      throws Failure {
    Optional<InetSocketAddress> proxy = Optional.empty();
    if (named.isPresent()) {
      proxy = Optional.of(address(named.get()));
    }
    String host = String.valueOf(server.getHost()).toLowerCase(Locale.ROOT);
    List<String> direct = List.of(variable(environment, "NO_PROXY").orElse("").split("[, ]+"));
    if (HttpService.isThisMachine(host)
        || direct.stream().anyMatch(name -> isMeant(name, host, server.getPort()))) {
      return HttpClient.Builder.NO_PROXY;
    }
    Optional<String> usual = variable(environment, "HTTPS_PROXY", "ALL_PROXY");
    if (proxy.isEmpty() && usual.isPresent()) {
      proxy = Optional.of(address(usual.get()));
    }
    return proxy.map(ProxySelector::of).orElse(HttpClient.Builder.NO_PROXY);
  }

  /** A name stands for itself and what is below it, with or without a point before it. */
  private static boolean isMeant(String name, String host, int port) {
    String wanted = name.toLowerCase(Locale.ROOT);
    if (wanted.endsWith(":" + port)) {
      wanted = wanted.substring(0, wanted.lastIndexOf(':'));
    }
    String below = wanted.startsWith(".") ? wanted : "." + wanted;
    return wanted.equals("*") || !wanted.isEmpty() && ("." + host).endsWith(below);
  }

  private static InetSocketAddress address(String text) throws Failure {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      boolean bare = uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
      if ("http".equals(uri.getScheme()) && uri.getHost() != null && bare) {
        if (uri.getRawUserInfo() == null) {
          // Not looked up: the name of a proxy may be known later.
          return InetSocketAddress.createUnresolved(
              uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
        }
        throw new Failure(
            ExitCode.USAGE,
            "A proxy that wants a password is not supported.",
            "Name one without user and password, http://HOST:PORT.");
      }
    } catch (IllegalArgumentException e) {
      throw badProxy();
    }
    throw badProxy();
  }

  private static Failure badProxy() {
    return new Failure(
        ExitCode.USAGE,
        "This proxy cannot be used.",
        "Write http://HOST:PORT with --proxy or in HTTPS_PROXY; SOCKS is not supported.");
  }

  private static SSLContext trusting(Path file) throws Failure {
    try (InputStream in = Files.newInputStream(file)) {
      return TrustAnchors.context(Bytes.wrap(in.readNBytes(FILE_MAX)), FILE_MAX);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.USAGE,
          "The file " + file + " holds no certificates that can be read.",
          "Name one with certificates in PEM with --cacert, AWS_CA_BUNDLE or SSL_CERT_FILE.");
    }
  }
}
