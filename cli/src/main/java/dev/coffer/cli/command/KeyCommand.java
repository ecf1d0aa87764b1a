package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.terminal.Output;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.KeySheet;
import dev.coffer.client.secret.SixtyFourDigitKey;
import dev.coffer.client.secret.UnreadableKey;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer key}: the 64-digit key, which needs no vault. */
@CommandLine.Command(
    name = "key",
    description =
        "The 64-digit key: show it, divide it among sheets, or use it instead of a recovery code. It never touches the"
            + " vault.",
    subcommands = {KeyCommand.Show.class, KeyCommand.Use.class, KeySplitCommand.class})
final class KeyCommand extends CommandGroup {
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
        speech.result(new JsonWriter().put("key", String.valueOf(digits)).put("check", check));
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
        names = "--sheet-file",
        paramLabel = "FILE",
        description = "Read a sheet of coffer key split from FILE; give as many as are needed.")
    private List<Path> sheetFiles = List.of();

    @Option(names = "--sheets", description = "Ask for sheets of coffer key split.")
    private boolean sheets;

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
      try (BackupSecret secret = read()) {
        new KeyChange(session(), device, place, repository, yes).keep(secret, speech);
      } catch (UnreadableKey e) {
        throw new Failure(ExitCode.USAGE, "These are not the digits of a key.", e.whatToDoNext());
      }
      speech.result("This device has the key of " + device.account() + ".");
      speech.say("Next: coffer restore DIR, and coffer enroll for a new recovery code.");
      speech.result(new JsonWriter().put("account", device.account()).put("key", "kept"));
      return ExitCode.OK;
    }

    private BackupSecret read() throws Failure, IOException, UnreadableKey {
      if (sheets || !sheetFiles.isEmpty()) {
        return joined();
      }
      char[] typed = typed();
      try {
        return unchecked ? SixtyFourDigitKey.parseUnchecked(typed) : SixtyFourDigitKey.parse(typed);
      } finally {
        Arrays.fill(typed, '\0');
      }
    }

    private char[] typed() throws Failure, IOException {
      if (file != null) {
        return PaperInput.read(file);
      }
      if (standardInput) {
        return PaperInput.read(session().terminal().in());
      }
      return PaperInput.asked(
          session().terminal(),
          "The 64 digits and the check: ",
          SixtyFourDigitKey.DIGITS,
          unchecked ? SixtyFourDigitKey.DIGITS : SixtyFourDigitKey.DIGITS_IN_ALL);
    }

    /** From as many sheets as the first one says. */
    private BackupSecret joined() throws Failure, IOException, UnreadableKey {
      List<KeySheet> read = new ArrayList<>();
      try {
        do {
          KeySheet sheet = sheet(read.size());
          read.add(sheet);
          if (read.size() > 1 && !sheet.fits(read.getFirst())
              || read.stream().filter(other -> other.number() == sheet.number()).count() > 1) {
            throw new Failure(
                ExitCode.USAGE,
                "Sheet " + read.size() + " is of another set, or was given before.",
                "Give different sheets that were made together.");
          }
        } while (read.size() < read.getFirst().needed());
        return KeySheet.join(read);
      } finally {
        read.forEach(KeySheet::close);
      }
    }

    private KeySheet sheet(int before) throws Failure, IOException, UnreadableKey {
      if (!sheets && before == sheetFiles.size()) {
        throw new Failure(
            ExitCode.USAGE,
            "More sheets are needed than these " + before + ".",
            "Give the files of further ones with --sheet-file.");
      }
      char[] typed =
          before < sheetFiles.size()
              ? PaperInput.read(sheetFiles.get(before))
              : PaperInput.asked(
                  session().terminal(),
                  "Sheet, number " + (before + 1) + " of those you have: ",
                  KeySheet.DIGITS,
                  KeySheet.DIGITS_IN_ALL);
      try {
        return KeySheet.parse(typed);
      } finally {
        Arrays.fill(typed, '\0');
      }
    }
  }
}
