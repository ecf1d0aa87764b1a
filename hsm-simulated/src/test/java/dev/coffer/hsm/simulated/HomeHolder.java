package dev.coffer.hsm.simulated;

import java.io.IOException;
import java.nio.file.Path;

/** Another process on one's home: holds it until its standard input ends. */
final class HomeHolder {
  private HomeHolder() {}

  /** Takes the home's path. */
  public static void main(String[] arguments) throws IOException {
    try (FilePlatform platform = new FilePlatform(Path.of(arguments[0]))) {
      System.out.println(platform.load().isEmpty() ? "held" : "held with a state");
      while (System.in.read() >= 0) {
        // Until the end.
      }
    }
  }
}
