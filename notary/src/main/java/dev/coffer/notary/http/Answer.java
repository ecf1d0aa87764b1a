package dev.coffer.notary.http;

import dev.coffer.protocol.codec.Bytes;
import java.nio.charset.StandardCharsets;

/**
 * An answer.
 *
 * @param status of HTTP
 * @param type the Content-Type
 * @param cache the Cache-Control
 */
public record Answer(int status, String type, String cache, Bytes body) {
  /** For text. */
  public static final String TEXT = "text/plain; charset=utf-8";

  /** For octets. */
  public static final String OCTETS = "application/octet-stream";

  /** For what changes. */
  public static final String NO_STORE = "no-store";

  /** For what never changes. */
  public static final String IMMUTABLE = "public, max-age=604800, immutable";

  /** One sentence of ours, as plain text. */
  public static Answer text(int status, String sentence) {
    return of(status, TEXT, sentence + "\n");
  }

  /** Text of another type. */
  public static Answer of(int status, String type, String text) {
    return new Answer(status, type, NO_STORE, Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Octets. */
  public static Answer octets(String type, String cache, Bytes body) {
    return new Answer(200, type, cache, body);
  }
}
