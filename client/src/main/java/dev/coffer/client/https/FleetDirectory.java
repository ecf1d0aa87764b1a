package dev.coffer.client.https;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to {@code GET /v1/fleets}: a line for each fleet of the vault, its id in hexadecimal
 * and one to seven {@code https} addresses of its nodes, node i's at place i, separated by single
 * spaces. A hint by hosts that are not trusted: who answers at an address still has to be the
 * fleet.
 */
final class FleetDirectory {
  private static final int ENDPOINTS_MAX = 7;

  private FleetDirectory() {}

  /** The addresses of a fleet; none if it is not there or its line is not as it should be. */
  static List<URI> endpoints(Bytes body, FleetId fleet) {
    String text = new String(body.toByteArray(), StandardCharsets.ISO_8859_1);
    for (String line : text.split("\n", -1)) {
      String[] words = line.split(" ", 2);
      if (words[0].equals(fleet.value().hex()) && words.length == 2) {
        return endpoints(words[1]);
      }
    }
    return List.of();
  }

  /** One to seven addresses, separated by single spaces; none if they are not as they should be. */
  static List<URI> endpoints(String line) {
    String[] words = line.split(" ", -1);
    if (words.length > ENDPOINTS_MAX) {
      return List.of();
    }
    List<URI> endpoints = new ArrayList<>();
    for (String word : words) {
      try {
        URI endpoint = URI.create(word);
        if (!"https".equals(endpoint.getScheme()) || endpoint.getHost() == null) {
          return List.of();
        }
        endpoints.add(endpoint);
      } catch (IllegalArgumentException e) {
        return List.of();
      }
    }
    return endpoints;
  }
}
