package dev.coffer.cli.local;

import dev.coffer.cli.Main;
import java.io.IOException;

/** A command that ends when its standard input does: like {@link TetheredNode}, for servers. */
public final class TetheredCommand {
  private static final int STATUS = 3;

  private TetheredCommand() {}

  /** The arguments of {@link Main}. */
  public static void main(String[] args) {
    Thread.ofPlatform().daemon().name("tether").start(TetheredCommand::watch);
    Main.main(args);
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
    // Halting is safe: logs and witnesses are crash-only.
    Runtime.getRuntime().halt(STATUS);
  }
}
