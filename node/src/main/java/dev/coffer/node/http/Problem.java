package dev.coffer.node.http;

import dev.coffer.node.peer.Refusal;
import java.nio.charset.StandardCharsets;

/**
 * A refusal as problem details (RFC 9457). All texts are constants of ours, so nothing needs
 * escaping; a check makes sure.
 */
record Problem(int status, String code, String detail, String next) {
  /** This program has a fault; its log tells the operator which. */
  static final Problem FAULT =
      new Problem(
          500, "FAULT", "this node met a fault of its own", "Send the same request to another.");

  static Problem of(Refusal refusal) {
    return new Problem(
        refusal.reason().httpStatus(),
        refusal.reason().name(),
        refusal.detail(),
        refusal.reason().next());
  }

  byte[] json() {
    String text =
        "{\"status\":%d,\"code\":\"%s\",\"detail\":\"%s\",\"next\":\"%s\"}"
            .formatted(status, plain(code), plain(detail), plain(next));
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Another node's detail comes over the network: whatever would need escaping is left out. */
  private static String plain(String text) {
    return text.replaceAll("[^ -~]|[\"\\\\]", "");
  }
}
