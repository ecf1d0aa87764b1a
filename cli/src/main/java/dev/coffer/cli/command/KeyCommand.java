package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Terminal;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.SixtyFourDigitKey;
import dev.coffer.client.secret.UnreadableKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code coffer key}: the 64-digit key, which needs no vault. */
@CommandLine.Command(
    name = "key",
    description =
        "The 64-digit key: show it, or use it instead of a recovery code. It never touches the vault.",
    subcommands = {KeyCommand.Show.class, KeyCommand.Use.class})
final class KeyCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "Say what to do with the key: show or use.");
    }
  }

  /** {@code coffer key show}. */
  @CommandLine.Command(name = "show", description = "Show this device's key for writing down.")
  static final class Show extends UserCommand {
    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask for confirmation.")
    private boolean yes;

    Show(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      Output speech = speech();
      try (BackupSecret secret = secret()) {
        Confirmation.ask(
            session(),
            yes,
            "Whoever sees the 64-digit key can read every backup. Is nobody looking? Show it?");
        char[] digits = SixtyFourDigitKey.render(secret);
        try {
          print(speech, digits, SixtyFourDigitKey.check(secret));
        } finally {
          Arrays.fill(digits, '\0');
        }
      }
      return ExitCode.OK;
    }

    /** The key is asked for in so many words: this is the one place that prints it. */
    private static void print(Output speech, char[] digits, String check) {
      if (speech.json()) {
        speech.result(new Json().put("key", String.valueOf(digits)).put("check", check));
        return;
      }
      PrintStream out = speech.out();
      for (int from = 0; from < digits.length; from += 36) {
        out.print("    ");
        out.println(Arrays.copyOfRange(digits, from, Math.min(from + 35, digits.length)));
      }
      out.println("    check: " + check);
    }
  }

  /** {@code coffer key use}. */
  @CommandLine.Command(
      name = "use",
      description = "Bring the key onto this device by its 64 digits, without the vault.")
  static final class Use extends UserCommand {
    /** Octets of the largest file that is read. */
    private static final int FILE_MAX = 4 * SixtyFourDigitKey.TYPED_MAX;

    @Mixin private RepositoryOption repository = new RepositoryOption();

    @Option(
        names = "--digits-file",
        paramLabel = "FILE",
        description = "Read the digits and the check from FILE, as coffer key show prints them.")
    private @Nullable Path file;

    @Option(
        names = "--digits-stdin",
        description = "Read the digits and the check from standard input.")
    private boolean standardInput;

    @Option(
        names = "--no-check",
        description = "Do without the check: a digit that is mistyped then makes another key.")
    private boolean unchecked;

    @Option(
        names = {"-y", "--yes"},
        description =
            "Do not ask before another key is set aside, or one used that does not open the backups.")
    private boolean yes;

    Use(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      Output speech = speech();
      Device device = device();
      String place = repository.place(home(), device);
      char[] typed = typed();
      try (BackupSecret secret =
          unchecked ? SixtyFourDigitKey.parseUnchecked(typed) : SixtyFourDigitKey.parse(typed)) {
        new KeyChange(session(), device, place, yes).keep(secret, speech);
      } catch (UnreadableKey e) {
        throw new Failure(ExitCode.USAGE, "These are not the digits of a key.", e.whatToDoNext());
      } finally {
        Arrays.fill(typed, '\0');
      }
      speech.result("This device has the key of " + device.account() + ".");
      speech.say("Next: coffer restore DIR, and coffer enroll for a new recovery code.");
      speech.result(new Json().put("account", device.account()).put("key", "kept"));
      return ExitCode.OK;
    }

    private char[] typed() throws Failure, IOException {
      if (file != null) {
        try (InputStream in = Files.newInputStream(file)) {
          return read(in);
        } catch (IOException e) {
          throw new Failure(
              ExitCode.USAGE,
              "The file " + file + " cannot be read.",
              "Check its name and permissions.");
        }
      }
      return standardInput ? read(session().terminal().in()) : asked();
    }

    /** Asks until all digits are there, however many lines they are typed or pasted in. */
    private char[] asked() throws Failure, IOException {
      Terminal terminal = session().terminal();
      char[] all =
          terminal.askHidden("The 64 digits and the check: ").orElseThrow(Use::nobodyThere);
      int wanted = unchecked ? SixtyFourDigitKey.DIGITS : SixtyFourDigitKey.DIGITS_IN_ALL;
      for (int count = SixtyFourDigitKey.digits(all);
          count < wanted && all.length <= SixtyFourDigitKey.TYPED_MAX;
          count = SixtyFourDigitKey.digits(all)) {
        char[] more =
            terminal
                .askHidden(
                    count == SixtyFourDigitKey.DIGITS
                        ? "The check, eight pairs of digits: "
                        : "Go on (" + count + " digits so far): ")
                .orElse(new char[0]);
        if (more.length == 0) {
          break;
        }
        char[] longer = Arrays.copyOf(all, all.length + 1 + more.length);
        longer[all.length] = '\n';
        System.arraycopy(more, 0, longer, all.length + 1, more.length);
        Arrays.fill(all, '\0');
        Arrays.fill(more, '\0');
        all = longer;
      }
      return all;
    }

    private static Failure nobodyThere() {
      return new Failure(
          ExitCode.USAGE,
          "There is no terminal to ask for the 64 digits.",
          "Give them with --digits-file FILE or --digits-stdin.");
    }

    /** UTF-8, or UTF-16 with its mark in front, which some shells write. */
    private static char[] read(InputStream in) throws IOException, Failure {
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
  }
}
