package dev.coffer.lab.local;

import dev.coffer.lab.Main;

/** A command that ends when its standard input does: like {@link TetheredNode}, for servers. */
public final class TetheredCommand {
  private TetheredCommand() {}

  /** The arguments of {@link Main}. */
  public static void main(String[] args) {
    // Halting is safe: logs, witnesses and notaries are crash-only.
    Tether.hold();
    Main.main(args);
  }
}
