package dev.coffer.lab.local;

import java.io.IOException;

/**
 * Ends this process when its standard input ends, so that whoever started it leaves none behind.
 */
final class Tether {
  private static final int STATUS = 3;

  private Tether() {}

  /** From now on; for crash-only programs alone, which may be halted at any moment. */
  static void hold() {
    Thread.ofPlatform().daemon().name("tether").start(Tether::watch);
  }

  private static void watch() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes; only the end matters.
        continue;
      }
    } catch (IOException e) {
      Runtime.getRuntime().halt(STATUS);
    }
    Runtime.getRuntime().halt(STATUS);
  }
}
