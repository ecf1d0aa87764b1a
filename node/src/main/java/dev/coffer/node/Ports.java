package dev.coffer.node;

import java.io.IOException;
import java.net.BindException;

/** Opens ports, and says which line of the configuration to change when one is taken. */
final class Ports {
  private Ports() {}

  /** Opens something that listens. */
  @FunctionalInterface
  interface Opening<T> {
    T open() throws IOException;
  }

  /** A port is in use. */
  static final class Taken extends IOException {
    private static final long serialVersionUID = 1L;

    Taken(String key, int port, Throwable cause) {
      super(
          "Port "
              + port
              + " is in use: end the program that holds it, or change "
              + key
              + " in all nodes' files.",
          cause);
    }
  }

  static <T> T bind(String key, int port, Opening<T> opening) throws IOException {
    try {
      return opening.open();
    } catch (IOException | RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof BindException
            || String.valueOf(cause.getMessage()).contains("Address already in use")) {
          throw new Taken(key, port, e);
        }
      }
      throw e;
    }
  }
}
