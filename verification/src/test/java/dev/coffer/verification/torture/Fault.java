package dev.coffer.verification.torture;

import java.io.IOException;

/** Something that goes wrong and is put right again. */
interface Fault {
  /** What happens, in a few words, with the numbers of the nodes concerned. */
  String name();

  /** It could not be made to happen: not counted. */
  final class NotInjected extends IOException {
    private static final long serialVersionUID = 1;

    NotInjected(String why) {
      super(why);
    }
  }

  /**
   * Makes it happen; may take a while.
   *
   * @throws NotInjected if it did not; it has to be healed all the same
   */
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
