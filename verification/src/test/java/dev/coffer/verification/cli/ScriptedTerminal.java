package dev.coffer.verification.cli;

import dev.coffer.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A terminal whose keyboard is a list, and whose screen is a text. Without typed lines nobody sits
 * at it.
 */
final class ScriptedTerminal implements Terminal {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
  private final PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
  private final InputStream in;
  private final Deque<String> typed;
  private final boolean present;

  ScriptedTerminal(String standardInput, List<String> typed) {
    this.in = new ByteArrayInputStream(standardInput.getBytes(StandardCharsets.UTF_8));
    this.typed = new ArrayDeque<>(typed);
    this.present = !typed.isEmpty();
  }

  @Override
  public PrintStream out() {
    return outStream;
  }

  @Override
  public PrintStream err() {
    return errStream;
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public boolean interactive() {
    return false;
  }

  @Override
  public Optional<char[]> askHidden(String prompt) {
    return ask(prompt).map(String::toCharArray);
  }

  @Override
  public Optional<String> ask(String prompt) {
    if (present) {
      errStream.println(prompt.strip());
    }
    return Optional.ofNullable(typed.poll());
  }

  String outText() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String errText() {
    return err.toString(StandardCharsets.UTF_8);
  }

  int unusedLines() {
    return typed.size();
  }
}
