package dev.coffer.node.http;

import dev.coffer.node.peer.Refusal;
import java.nio.charset.StandardCharsets;

/** Writes a refusal as problem details (RFC 9457); {@link Refusal.Reason} holds what they say. */
final class Problem {
  private Problem() {}

  static byte[] json(Refusal refusal) {
    String text =
        "{\"status\":%d,\"code\":\"%s\",\"detail\":\"%s\",\"next\":\"%s\"}"
            .formatted(
                refusal.reason().httpStatus(),
                refusal.reason().name(),
                plain(refusal.detail()),
                plain(refusal.reason().next()));
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Another node's detail comes over the network: whatever would need escaping is left out. */
  private static String plain(String text) {
    return text.replaceAll("[^ -~]|[\"\\\\]", "");
  }
}
