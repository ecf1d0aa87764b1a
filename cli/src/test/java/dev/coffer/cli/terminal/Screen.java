package dev.coffer.cli.terminal;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;

/**
 * A terminal at which nobody sits: what is said goes to two streams, and every question is in vain.
 */
public record Screen(PrintStream out, PrintStream err) implements Terminal {
  @Override
  public InputStream in() {
    return InputStream.nullInputStream();
  }

  @Override
  public boolean interactive() {
    return false;
  }

  @Override
  public Optional<char[]> askHidden(String prompt) {
    return Optional.empty();
  }

  @Override
  public Optional<String> ask(String prompt) {
    return Optional.empty();
  }
}
