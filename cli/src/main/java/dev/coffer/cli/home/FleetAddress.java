package dev.coffer.cli.home;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.client.https.HttpsTransport;
import dev.coffer.client.https.TrustAnchors;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.files.AtomicFile;
import dev.coffer.notary.http.WebAddress;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * All that a device has to know of a fleet: which one it is (the pin, INV-9) and where its nodes
 * are. Public; the file {@code fleet.properties} in the fleet's home holds it.
 *
 * @param pin the only fleet that is talked to
 * @param nodes HTTPS addresses; node i stands at i−1
 * @param authority PEM certificate that the nodes' TLS certificates are checked against: privacy of
 *     the traffic, on which no promise rests; at most 64 KiB
 */
public record FleetAddress(FleetId pin, List<URI> nodes, Path authority) {
  private static final String FILE = "fleet.properties";
  private static final int SIZE_MAX = 64 << 10;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  public FleetAddress {
    nodes = List.copyOf(nodes);
  }

  /** Sockets that accept this fleet's own authority and no other. */
  public SSLSocketFactory sockets() throws IOException {
    return tls().getSocketFactory();
  }

  /** The same for clients that make sockets themselves. */
  public SSLContext tls() throws IOException {
    try (InputStream in = Files.newInputStream(authority)) {
      return TrustAnchors.context(Bytes.wrap(in.readNBytes(TrustAnchors.PEM_MAX + 1)));
    }
  }

  /** The way to its nodes. */
  public VaultTransport transport() throws IOException {
    return transport(sockets());
  }

  /** The same with sockets of the caller's, which accept what {@link #sockets} accepts. */
  public VaultTransport transport(SSLSocketFactory sockets) {
    return new HttpsTransport(
        nodes, Optional.of(sockets), CONNECT_TIMEOUT, ANSWER_TIMEOUT, System::nanoTime);
  }

  /** Writes it into a fleet's home. */
  public void write(Path home) throws IOException {
    Properties file = new Properties();
    file.setProperty("pin", pin.value().hex());
    file.setProperty("nodes", String.join(" ", nodes.stream().map(URI::toString).toList()));
    file.setProperty("authority", home.relativize(authority).toString());
    StringWriter out = new StringWriter();
    file.store(out, null);
    AtomicFile.replace(
        home.resolve(FILE),
        out.toString().getBytes(StandardCharsets.UTF_8),
        AtomicFile.Access.OWNER);
  }

  /** Whether something in {@code home} says that a fleet is there. */
  public static boolean mayBeIn(Path home) {
    return Files.exists(home.resolve(FILE));
  }

  /** Reads it back. */
  public static FleetAddress read(Path home) throws Failure {
    try (InputStream in = Files.newInputStream(home.resolve(FILE))) {
      byte[] octets = in.readNBytes(SIZE_MAX + 1);
      if (octets.length > SIZE_MAX) {
        throw new IOException("too large");
      }
      Properties file = new Properties();
      file.load(new StringReader(new String(octets, StandardCharsets.UTF_8)));
      FleetId pin = new FleetId(Bytes.fromHex(file.getProperty("pin", "")));
      List<URI> nodes =
          Arrays.stream(file.getProperty("nodes", "").split(" ")).map(FleetAddress::node).toList();
      if (nodes.size() > Limits.HSMS_MAX) {
        throw new IllegalArgumentException("nodes");
      }
      return new FleetAddress(pin, nodes, home.resolve(file.getProperty("authority", "")));
    } catch (NoSuchFileException e) {
      throw new Failure(
          ExitCode.HERE,
          "There is no fleet in " + home + ".",
          "Start one with coffer up --home " + home + ", or name another with --home.");
    } catch (IOException | RuntimeException e) {
      // RuntimeException: hexadecimal, addresses and sizes that are none.
      throw damaged(home);
    }
  }

  private static URI node(String text) {
    return WebAddress.parse(text)
        .filter(node -> "https".equals(node.getScheme()))
        .orElseThrow(() -> new IllegalArgumentException("no node can be asked there"));
  }

  /**
   * The same of a home that came from others: it and its authority are files in the home itself,
   * and no links, so that they lead to nothing else of this machine.
   */
  public static FleetAddress readFromOthers(Path home) throws Failure {
    // Before anything is opened: a FIFO would be waited for.
    if (!isFile(home.resolve(FILE))) {
      throw damaged(home);
    }
    FleetAddress address = read(home);
    if (!home.equals(address.authority().getParent()) || !isFile(address.authority())) {
      throw damaged(home);
    }
    return address;
  }

  private static boolean isFile(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static Failure damaged(Path home) {
    return new Failure(
        ExitCode.HERE,
        "The file " + home.resolve(FILE) + " is damaged or may not be read.",
        "Restore it from a copy; the fleet itself is not harmed.");
  }
}
