package dev.coffer.cli.terminal;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The real one. Output is UTF-8 whatever the locale says: file names are Unicode. */
final class SystemTerminal implements Terminal {
  /** Octets of the longest paste that is taken together. */
  private static final int PASTE_MAX = 8192;

  /** How long the next line of a paste may be on its way. */
  private static final int PASTE_MILLIS = 30;

  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  private final PrintStream err =
      new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  private final @Nullable Console console = System.console();
  private final Optional<Tty> tty = Tty.find();

  /** Without a buffer, in which codes would stay. */
  private final InputStream keyboard = new FileInputStream(FileDescriptor.in);

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
    hidden = true;
    if (tty.isEmpty()) {
      return interactive() && console != null
          ? Optional.ofNullable(console.readPassword("%s", prompt))
          : Optional.empty();
    }
    // Hidden before it is asked for: nothing that is typed at once is shown.
    tty.get().hide();
    try {
      err.print(prompt);
      return typed();
    } finally {
      tty.get().show();
      err.println();
    }
  }

  @Override
  public Optional<String> ask(String prompt) throws IOException {
    if (tty.isEmpty()) {
      return interactive() && console != null
          ? Optional.ofNullable(console.readLine("%s", prompt))
          : Optional.empty();
    }
    err.print(prompt);
    return typed().map(String::valueOf);
  }

  /** A line, and those that come with it: a terminal hands a paste on line by line. */
  private Optional<char[]> typed() throws IOException {
    byte[] octets = new byte[PASTE_MAX];
    int size = 0;
    try {
      int octet = keyboard.read();
      if (octet < 0) {
        return Optional.empty();
      }
      while (octet >= 0 && size < PASTE_MAX && !(octet == '\n' && isLast())) {
        octets[size++] = (byte) octet;
        octet = keyboard.read();
      }
      return Optional.of(decoded(octets, size));
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  private boolean isLast() throws IOException {
    if (keyboard.available() > 0) {
      return false;
    }
    try {
      Thread.sleep(PASTE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("while a person was asked");
    }
    return keyboard.available() == 0;
  }

  /** In the terminal's encoding; U+FFFD for what is no text in it. */
  private static char[] decoded(byte[] octets, int size) throws IOException {
    Charset charset = Charset.forName(System.getProperty("stdin.encoding", "UTF-8"));
    CharBuffer text =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE)
            .decode(ByteBuffer.wrap(octets, 0, size));
    char[] typed = new char[text.remaining()];
    text.duplicate().get(typed);
    Arrays.fill(text.array(), '\0');
    return typed;
  }

  @Override
  public void forgetTyped() {
    if (hidden) {
      tty.ifPresent(Tty::discard);
    }
  }
}
