package dev.coffer.cli.terminal;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The real one. Output is UTF-8 whatever the locale says: file names are Unicode. */
final class SystemTerminal implements Terminal {
  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  private final PrintStream err =
      new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  private final @Nullable Console console = System.console();

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
  public Optional<char[]> askHidden(String prompt) {
    return console != null && console.isTerminal()
        ? Optional.ofNullable(console.readPassword("%s", prompt))
        : Optional.empty();
  }

  @Override
  public Optional<String> ask(String prompt) {
    return console != null && console.isTerminal()
        ? Optional.ofNullable(console.readLine("%s", prompt))
        : Optional.empty();
  }
}
