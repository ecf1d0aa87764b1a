package dev.coffer.notary.bundle;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened so far, closed again unless everything that follows succeeds. */
final class Opened implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  Opened(AutoCloseable first) {
    open.push(first);
  }

  <T extends AutoCloseable> T later(T resource) {
    open.push(resource);
    return resource;
  }

  /** All succeeded: somebody else closes them. */
  void keep() {
    open.clear();
  }

  @Override
  public void close() throws IOException {
    for (AutoCloseable resource : open) {
      try {
        resource.close();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("closing after a failed start", e);
      }
    }
  }
}
