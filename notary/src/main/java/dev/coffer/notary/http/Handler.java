package dev.coffer.notary.http;

import java.io.IOException;

/** Answers requests. Thread-safe. */
@FunctionalInterface
public interface Handler {
  /**
   * The answer.
   *
   * @throws IOException if the disk or a token failed: the client hears 503 and may ask again
   */
  Answer answer(Query query) throws IOException, InterruptedException;
}
