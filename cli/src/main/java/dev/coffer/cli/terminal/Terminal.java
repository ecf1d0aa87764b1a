package dev.coffer.cli.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;

/** Standard streams and the keyboard, as a port so that sessions can be scripted in tests. */
public interface Terminal {
  /** Standard output: results. */
  PrintStream out();

  /** Standard error: narration, progress, trouble. */
  PrintStream err();

  /** Standard input. */
  InputStream in();

  /** Whether a person sits at it: prompts and progress bars only then. */
  boolean interactive();

  /**
   * Asks without echo. Empty at the end of input or when nobody sits there. The caller overwrites
   * the array.
   *
   * @throws IOException if the terminal is gone
   */
  Optional<char[]> askHidden(String prompt) throws IOException;

  /** Asks with echo. Empty at the end of input or when nobody sits there. */
  Optional<String> ask(String prompt) throws IOException;

  /** The terminal of this process. */
  static Terminal system() {
    return new SystemTerminal();
  }
}
