package dev.coffer.notary.http;

import java.net.URI;
import java.util.Optional;

/** Addresses as others write them: in policies, homes and on command lines. Stateless. */
public final class WebAddress {
  private static final int PORT_MAX = 65_535;

  private WebAddress() {}

  /**
   * The address that {@code text} is, if somebody can be asked there: {@code http} or {@code
   * https}, a host as RFC 3986 section 3.2.2 lets machines have one, and a port from 1 to 65535 or
   * none. Nothing is looked up.
   */
  public static Optional<URI> parse(String text) {
    try {
      URI address = URI.create(text);
      boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      boolean port = address.getPort() == -1 || within(address.getPort());
      // What has an underscore in its host is an address as well, of no host.
      return web && port && address.getHost() != null ? Optional.of(address) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean within(int port) {
    return port > 0 && port <= PORT_MAX;
  }
}
