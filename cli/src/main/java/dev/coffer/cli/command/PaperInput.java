package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.terminal.Terminal;
import dev.coffer.client.secret.SixtyFourDigitKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Digits from paper, out of a file, a stream or a person's hands. The caller wipes them. */
final class PaperInput {
  /** Octets of the largest file that is read: a sheet with its picture has two thousand. */
  private static final int FILE_MAX = 16 << 10;

  private PaperInput() {}

  static char[] read(Path file) throws Failure {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.USAGE,
          "The file " + file + " cannot be read.",
          "Check its name and permissions.");
    }
  }

  /** UTF-8, or UTF-16 with its mark in front, which some shells write. */
  static char[] read(InputStream in) throws IOException, Failure {
    byte[] octets = in.readNBytes(FILE_MAX);
    boolean utf16 =
        octets.length > 1 && (octets[0] & octets[1] & 0xff) == 0xfe && octets[0] != octets[1];
    Charset charset = utf16 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    CharBuffer decoded;
    try {
      decoded = charset.newDecoder().decode(ByteBuffer.wrap(octets));
    } catch (CharacterCodingException e) {
      throw new Failure(
          ExitCode.USAGE,
          "These are not the digits of a key, and no text.",
          "Give the digits and the check as coffer key show prints them.");
    }
    char[] text = new char[decoded.remaining()];
    decoded.duplicate().get(text);
    Arrays.fill(decoded.array(), '\0');
    Arrays.fill(octets, (byte) 0);
    return text;
  }

  /**
   * Asks until all digits are there, however many lines they are typed or pasted in.
   *
   * @param digits how many there are without the check
   * @param wanted how many are wanted
   */
  static char[] asked(Terminal terminal, String prompt, int digits, int wanted)
      throws Failure, IOException {
    char[] all = terminal.askHidden(prompt).orElseThrow(PaperInput::nobodyThere);
    for (int count = SixtyFourDigitKey.digits(all);
        count < wanted && all.length <= SixtyFourDigitKey.TYPED_MAX;
        count = SixtyFourDigitKey.digits(all)) {
      String next =
          count == digits
              ? "The check, " + (wanted - digits) / 2 + " pairs of digits: "
              : "Go on (" + count + " digits so far): ";
      Optional<char[]> more = terminal.askHidden(next).filter(line -> line.length > 0);
      if (more.isEmpty()) {
        break;
      }
      all = joined(all, more.get());
    }
    return all;
  }

  /** Both lines; wipes them. */
  private static char[] joined(char[] first, char[] second) {
    char[] both = Arrays.copyOf(first, first.length + 1 + second.length);
    both[first.length] = '\n';
    System.arraycopy(second, 0, both, first.length + 1, second.length);
    Arrays.fill(first, '\0');
    Arrays.fill(second, '\0');
    return both;
  }

  private static Failure nobodyThere() {
    return new Failure(
        ExitCode.USAGE,
        "There is no terminal to ask for the 64 digits.",
        "Give them with --digits-file FILE or --digits-stdin.");
  }
}
