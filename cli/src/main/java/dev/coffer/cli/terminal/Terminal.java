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
   * <p>Where a paste brings more lines than one, the answer is all of them, a newline between each
   * two; so nothing of it is left over for the next prompt, or for the shell.
   *
   * @throws IOException if the terminal is gone
   */
  Optional<char[]> askHidden(String prompt) throws IOException;

  /** Asks with echo. Empty at the end of input or when nobody sits there. */
  Optional<String> ask(String prompt) throws IOException;

  /**
   * Throws away what was pasted or typed ahead behind a hidden answer, so that no part of a code or
   * key reaches the shell. Does nothing where no hidden answer was given.
   */
  default void forgetTyped() {}

  /** The terminal of this process. */
  static Terminal system() {
    return new SystemTerminal();
  }
}
