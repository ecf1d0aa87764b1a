package dev.coffer.lab.demo;

import dev.coffer.protocol.json.JsonWriter;

/**
 * What the demonstration found.
 *
 * @param restored whether every octet came back
 * @param killed nodes killed, with their HSMs
 * @param wrongGuesses that were counted on the second account
 * @param exhausted whether that account was refused for good afterwards
 */
public record DemoResult(
    boolean restored,
    long files,
    long bytes,
    int hsms,
    int killed,
    int wrongGuesses,
    boolean exhausted,
    double seconds) {
  /** One line. */
  public JsonWriter json() {
    return new JsonWriter()
        .put("restored", restored)
        .put("files", files)
        .put("bytes", bytes)
        .put("hsms", hsms)
        .put("killed", killed)
        .put("wrongGuesses", wrongGuesses)
        .put("exhausted", exhausted)
        .put("seconds", seconds);
  }
}
