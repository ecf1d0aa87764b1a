package dev.coffer.verification.torture;

import java.io.IOException;

/** Something that goes wrong and is put right again. */
interface Fault {
  /** What happens, in a few words, with the numbers of the nodes concerned. */
  String name();

  /** Makes it happen; may take a while. */
  void inject() throws IOException, InterruptedException;

  /** Puts it right. Nodes that were ended are started. */
  void heal() throws IOException, InterruptedException;

  /** Steps that may fail. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException, InterruptedException;
  }

  /** A fault of two steps. */
  static Fault of(String name, Step inject, Step heal) {
    return new Fault() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void inject() throws IOException, InterruptedException {
        inject.run();
      }

      @Override
      public void heal() throws IOException, InterruptedException {
        heal.run();
      }
    };
  }
}
