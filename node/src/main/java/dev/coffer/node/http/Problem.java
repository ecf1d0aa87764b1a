package dev.coffer.node.http;

import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;

/** Writes a refusal as problem details (RFC 9457); {@link Refusal.Reason} holds what they say. */
final class Problem {
  private Problem() {}

  /** Answers with a refusal. */
  static void send(Exchange exchange, Refusal refusal) {
    int status = refusal.reason().httpStatus();
    if (status == 429 || status == 503) {
      exchange.set("Retry-After", Integer.toString(refusal.afterSeconds()));
    }
    exchange.send(status, "application/problem+json", json(refusal));
  }

  static byte[] json(Refusal refusal) {
    return new JsonWriter()
        .put("status", refusal.reason().httpStatus())
        .put("code", refusal.reason().name())
        .put("detail", refusal.detail())
        .put("next", refusal.reason().next())
        .toString()
        .getBytes(StandardCharsets.US_ASCII);
  }
}
