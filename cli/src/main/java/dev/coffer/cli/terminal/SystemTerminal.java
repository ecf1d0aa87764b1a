package dev.coffer.cli.terminal;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The real one. Output is UTF-8 whatever the locale says: file names are Unicode. */
final class SystemTerminal implements Terminal {
  /** Characters of the longest paste that is taken together. */
  private static final int PASTE_MAX = 4096;

  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  private final PrintStream err =
      new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  private final @Nullable Console console = System.console();

  private boolean hidden;

  @Override
  public PrintStream out() {
    return out;
  }

  @Override
  public PrintStream err() {
    return err;
  }

  @Override
  public InputStream in() {
    return System.in;
  }

  @Override
  public boolean interactive() {
    return console != null && console.isTerminal();
  }

  @Override
  public Optional<char[]> askHidden(String prompt) throws IOException {
    if (console == null || !console.isTerminal()) {
      return Optional.empty();
    }
    char[] answer = console.readPassword("%s", prompt);
    hidden = true;
    return answer == null ? Optional.empty() : Optional.of(withRest(console, answer));
  }

  /** The lines that came with the first one, too: a terminal hands a paste on line by line. */
  private static char[] withRest(Console console, char[] first) throws IOException {
    char[] all = first;
    while (all.length < PASTE_MAX && System.in.available() > 0) {
      char[] next = console.readPassword();
      if (next == null) {
        break;
      }
      char[] longer = Arrays.copyOf(all, all.length + 1 + next.length);
      longer[all.length] = '\n';
      System.arraycopy(next, 0, longer, all.length + 1, next.length);
      Arrays.fill(all, '\0');
      Arrays.fill(next, '\0');
      all = longer;
    }
    return all;
  }

  @Override
  public void forgetTyped() {
    if (hidden) {
      TypedAhead.discard();
    }
  }

  @Override
  public Optional<String> ask(String prompt) {
    return console != null && console.isTerminal()
        ? Optional.ofNullable(console.readLine("%s", prompt))
        : Optional.empty();
  }
}
