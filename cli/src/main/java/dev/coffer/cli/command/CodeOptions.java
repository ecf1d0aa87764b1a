package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Terminal;
import dev.coffer.client.secret.CodeStrength;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where a recovery code comes from: a prompt without echo, a file, standard input. Never an
 * argument: every user of the machine can read those, and shells keep them.
 */
final class CodeOptions {
  /** Octets of the longest code, its line end included: 128 code points. */
  private static final int OCTETS_MAX = 128 * 4 + 2;

  /** U+FEFF in UTF-8. */
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  @Option(
      names = "--code-file",
      paramLabel = "FILE",
      description =
          "Read the recovery code from the first line of FILE, without spaces at its ends.")
  private @Nullable Path file;

  @Option(
      names = "--code-stdin",
      description =
          "Read the recovery code from one line of standard input, without spaces at its ends.")
  private boolean standardInput;

  @Option(names = "--code", hidden = true, arity = "0..1", fallbackValue = "-")
  private @Nullable String refused;

  /** Refuses what no prompt could mend, before anything else is done. */
  void checkSource() throws Failure {
    if (refused != null) {
      throw new Failure(
          ExitCode.USAGE,
          "A recovery code is never an argument: other users and the shell's history see those.",
          "Leave --code out and type the code when asked, or use --code-file or --code-stdin; if it was a real code,"
              + " change it.");
    }
    if (file != null && standardInput) {
      throw new Failure(
          ExitCode.USAGE,
          "The code has two sources.",
          "Give --code-file or --code-stdin, not both.");
    }
  }

  /**
   * A code that is about to be tried.
   *
   * @param earlier the code that earlier versions took the same typing for, if it is another
   */
  record Existing(RecoveryCode code, Optional<RecoveryCode> earlier) implements AutoCloseable {
    @Override
    public void close() {
      code.close();
      earlier.ifPresent(RecoveryCode::close);
    }
  }

  /**
   * Asks for a code that is about to be tried.
   *
   * @param earlierForm whether to take it as earlier versions did
   */
  Existing existing(Session session, boolean earlierForm) throws Failure, IOException {
    char[] typed = read(session, "Recovery code: ");
    try {
      RecoveryCode code =
          accept(typed, earlierForm ? RecoveryCode::typedEarlierForm : RecoveryCode::typed);
      return new Existing(code, earlierForm ? Optional.empty() : earlier(typed, code));
    } finally {
      Arrays.fill(typed, '\0');
    }
  }

  private static Optional<RecoveryCode> earlier(char[] typed, RecoveryCode code) {
    try {
      RecoveryCode earlier = RecoveryCode.typedEarlierForm(typed);
      if (!earlier.sameAs(code)) {
        return Optional.of(earlier);
      }
      earlier.destroy();
    } catch (UnacceptableCode e) {
      // Nobody registered it then.
    }
    return Optional.empty();
  }

  /**
   * A code that is about to be set: asked for twice, with a warning if it is weak.
   *
   * @param account whose code, which a thief knows too
   */
  RecoveryCode chosen(Session session, String account, Output speech) throws Failure, IOException {
    char[] typed = read(session, "New recovery code: ");
    try {
      RecoveryCode code = accept(typed, RecoveryCode::chosen);
      Optional<CodeStrength.Weakness> weakness = CodeStrength.weakness(typed, account);
      weakness.ifPresent(what ->
          speech.warn(
              "Warning: this code "
                  + what.inWords()
                  + ". Only the vault's guess limit protects it; choose another, or change it later with coffer"
                  + " change-code."));
      if (prompts()) {
        confirm(session.terminal(), typed);
      }
      return code;
    } finally {
      Arrays.fill(typed, '\0');
    }
  }

  private boolean prompts() {
    return file == null && !standardInput;
  }

  private static void confirm(Terminal terminal, char[] typed) throws Failure, IOException {
    char[] again = terminal.askHidden("The same again: ").orElseThrow(CodeOptions::nobodyThere);
    try {
      if (!Arrays.equals(typed, again)) {
        throw new Failure(
            ExitCode.USAGE,
            "The two codes differ.",
            "Run the command again and type the same code twice.");
      }
    } finally {
      Arrays.fill(again, '\0');
    }
  }

  /** One way to make a code of what was typed. */
  private interface Form {
    RecoveryCode of(char[] typed) throws UnacceptableCode;
  }

  private static RecoveryCode accept(char[] typed, Form form) throws Failure {
    if (CharBuffer.wrap(typed).chars().anyMatch(c -> c == '\n')) {
      throw new Failure(
          ExitCode.USAGE,
          "More than one line was pasted; no guess was used.",
          "Copy the recovery code alone, and run the command again.");
    }
    try {
      return form.of(typed);
    } catch (UnacceptableCode e) {
      throw new Failure(
          ExitCode.USAGE,
          "This cannot be a recovery code; no guess was used.",
          e.problem().whatToDoNext());
    }
  }

  private char[] read(Session session, String prompt) throws Failure, IOException {
    if (file != null) {
      try (InputStream in = Files.newInputStream(file)) {
        return line(in);
      } catch (IOException e) {
        throw new Failure(
            ExitCode.USAGE,
            "The code file " + file + " cannot be read.",
            "Check its name and permissions.");
      }
    }
    if (standardInput) {
      return line(session.terminal().in());
    }
    return session.terminal().askHidden(prompt).orElseThrow(CodeOptions::nobodyThere);
  }

  private static Failure nobodyThere() {
    return new Failure(
        ExitCode.USAGE,
        "There is no terminal to ask for the recovery code.",
        "Give it with --code-file FILE or --code-stdin.");
  }

  /**
   * One line, without its end, without ASCII spaces at both ends and without the byte-order mark
   * that some editors write, which would cost a guess; octet by octet, so that nothing after it is
   * taken from the stream.
   */
  private static char[] line(InputStream in) throws IOException, Failure {
    byte[] octets = new byte[OCTETS_MAX];
    int size = 0;
    try {
      for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
        if (size == octets.length) {
          throw new Failure(
              ExitCode.USAGE,
              "The recovery code's line is too long.",
              "A code has at most 128 characters.");
        }
        octets[size++] = (byte) octet;
      }
      if (size > 0 && octets[size - 1] == '\r') {
        size--;
      }
      while (size > 0 && octets[size - 1] == ' ') {
        size--;
      }
      int start = size >= MARK.length && Arrays.equals(octets, 0, 3, MARK, 0, 3) ? 3 : 0;
      while (start < size && octets[start] == ' ') {
        start++;
      }
      CharBuffer decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, start, size - start));
      char[] line = new char[decoded.remaining()];
      decoded.duplicate().get(line);
      Arrays.fill(decoded.array(), '\0');
      return line;
    } catch (CharacterCodingException e) {
      throw new Failure(
          ExitCode.USAGE, "The recovery code is not UTF-8 text.", "Save the code's file as UTF-8.");
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }
}
