package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.terminal.Output;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.SixtyFourDigitKey;
import dev.coffer.client.secret.UnreadableKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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
      speech.result("Check, to keep apart from it: " + check);
    }
  }

  /** {@code coffer key use}. */
  @CommandLine.Command(
      name = "use",
      description = "Bring the key onto this device by its 64 digits, without the vault.")
  static final class Use extends UserCommand {
    private static final int FILE_MAX = 1024;

    @Option(
        names = "--digits-file",
        paramLabel = "FILE",
        description = "Read the 64 digits from FILE.")
    private @Nullable Path file;

    @Option(names = "--digits-stdin", description = "Read the 64 digits from standard input.")
    private boolean standardInput;

    @Option(
        names = "--check",
        paramLabel = "CHECK",
        description = "The check that coffer key show printed.")
    private String check = "";

    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask before another key of this device is set aside.")
    private boolean yes;

    Use(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      Output speech = speech();
      Device device = device();
      char[] digits = digits();
      try (BackupSecret secret = SixtyFourDigitKey.parse(digits, check)) {
        if (device.holdsAnother(secret)) {
          Confirmation.ask(
              session(),
              yes,
              "This device has another key of "
                  + device.account()
                  + ", which its backups so far need. Set that one aside?");
        }
        device
            .keep(secret)
            .ifPresent(old -> speech.warn("The key that was here before is kept in " + old + "."));
      } catch (UnreadableKey e) {
        throw new Failure(ExitCode.USAGE, "These are not the digits of a key.", e.whatToDoNext());
      } finally {
        Arrays.fill(digits, '\0');
      }
      speech.result("This device has the key of " + device.account() + ".");
      speech.say("Next: coffer restore DIR, and coffer enroll for a new recovery code.");
      speech.result(new Json().put("account", device.account()).put("key", "kept"));
      return ExitCode.OK;
    }

    private char[] digits() throws Failure, IOException {
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
      if (standardInput) {
        return read(session().terminal().in());
      }
      return session()
          .terminal()
          .askHidden("The 64 digits: ")
          .orElseThrow(() ->
              new Failure(
                  ExitCode.USAGE,
                  "There is no terminal to ask for the 64 digits.",
                  "Give them with --digits-file FILE or --digits-stdin."));
    }

    private static char[] read(InputStream in) throws IOException {
      byte[] octets = in.readNBytes(FILE_MAX);
      char[] digits = new char[octets.length];
      for (int i = 0; i < digits.length; i++) {
        digits[i] = (char) (octets[i] & 0xff);
      }
      Arrays.fill(octets, (byte) 0);
      return digits;
    }
  }
}
