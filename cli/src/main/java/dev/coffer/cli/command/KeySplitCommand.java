package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.PaperPdf;
import dev.coffer.cli.terminal.QrText;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.KeySheet;
import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code coffer key split}: sheets for several people or places, some of which give the key. */
@CommandLine.Command(
    name = "split",
    description =
        "Divide this device's key among sheets for print. As many as you say give the key back (coffer key use"
            + " --sheets); fewer say nothing about it.")
final class KeySplitCommand extends UserCommand {
  private static final int LINE_OF_DIGITS = 45;

  @Option(
      names = "--sheets",
      paramLabel = "COUNT",
      required = true,
      description = "How many sheets to make, 2 to 16.")
  private int count;

  @Option(
      names = "--needed",
      paramLabel = "COUNT",
      required = true,
      description = "How many of them give the key, at least 2.")
  private int needed;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description =
          "Write sheet-1.txt and sheet-1.pdf and so on into DIR, which only you can read then; otherwise they are"
              + " printed here.")
  private @Nullable Path folder;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask for confirmation.")
  private boolean yes;

  KeySplitCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException {
    if (count > KeySheet.SHEETS_MAX || needed < 2 || needed > count) {
      throw new Failure(
          ExitCode.USAGE,
          "So many sheets cannot be made.",
          "Make 2 to " + KeySheet.SHEETS_MAX + " sheets, and let 2 or more of them be needed.");
    }
    Output speech = speech();
    List<KeySheet> sheets;
    try (BackupSecret secret = secret()) {
      Confirmation.ask(
          session(),
          yes,
          "Whoever sees " + needed + " of the sheets can read every backup. Make them?");
      sheets = KeySheet.divide(secret, count, needed, session().randomness());
    }
    try {
      if (folder != null) {
        write(speech, folder, sheets);
      } else {
        print(speech, sheets);
      }
      return ExitCode.OK;
    } finally {
      sheets.forEach(KeySheet::close);
    }
  }

  private void write(Output speech, Path into, List<KeySheet> sheets) throws Failure, IOException {
    Map<Path, Content> files = new LinkedHashMap<>();
    for (KeySheet sheet : sheets) {
      Path name = into.resolve("sheet-" + sheet.number());
      files.put(Path.of(name + ".txt"), () -> text(sheet).getBytes(StandardCharsets.UTF_8));
      files.put(
          Path.of(name + ".pdf"),
          () -> PaperPdf.of(said(sheet), "Sheet " + sheet.number(), scanned(sheet)));
    }
    write(into, files);
    speech.result("Wrote " + count + " sheets into " + into + "; any " + needed + " give the key.");
    speech.say("Next: print each, give each to another place, and delete the files.");
    speech.result(
        new JsonWriter()
            .put("account", device().account())
            .put("needed", needed)
            .putTexts("files", files.keySet().stream().map(Path::toString).toList()));
  }

  /** What a file will hold. */
  interface Content {
    byte[] octets() throws Failure, IOException;
  }

  /** Writes all files, none of which may be there already, or none. */
  static void write(Path into, Map<Path, Content> files) throws Failure, IOException {
    for (Path file : files.keySet()) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new Failure(
            ExitCode.USAGE, file + " is there already.", "Name another directory with --to.");
      }
    }
    boolean folderWasThere = Files.exists(into);
    boolean whole = false;
    try {
      AtomicFile.privateFolder(into);
      for (Map.Entry<Path, Content> file : files.entrySet()) {
        byte[] octets = file.getValue().octets();
        AtomicFile.replace(file.getKey(), octets, AtomicFile.Access.OWNER);
        Arrays.fill(octets, (byte) 0);
      }
      whole = true;
    } finally {
      if (!whole) {
        // Sheets that nobody was told of would lie there until somebody else finds enough of them.
        for (Path file : files.keySet()) {
          AtomicFile.erase(file);
        }
        if (!folderWasThere) {
          Files.deleteIfExists(into);
        }
      }
    }
  }

  private void print(Output speech, List<KeySheet> sheets) throws Failure {
    List<JsonWriter> all = new ArrayList<>();
    for (KeySheet sheet : sheets) {
      if (speech.json()) {
        all.add(
            new JsonWriter()
                .put("number", sheet.number())
                .put("sheet", String.valueOf(sheet.render()))
                .put("check", sheet.check()));
      } else {
        speech.out().print(text(sheet));
        // A page for each.
        speech.out().println(sheet.number() < count ? "\f" : "");
      }
    }
    speech.result(
        new JsonWriter()
            .put("account", device().account())
            .put("needed", needed)
            .putAll("sheets", all));
  }

  /** Made for print; coffer key use reads all of it. */
  private String text(KeySheet sheet) throws Failure {
    return said(sheet) + QrText.of(scanned(sheet));
  }

  /** The key is asked for in so many words. */
  private String said(KeySheet sheet) throws Failure {
    char[] digits = sheet.render();
    StringBuilder text = new StringBuilder();
    text.append("Coffer, key of ").append(device().account()).append(". Sheet ");
    text.append(sheet.number()).append(" of ").append(count).append("; any ").append(needed);
    text.append(" of them give the key back (coffer key use --sheets):\n\n");
    for (int from = 0; from < digits.length; from += LINE_OF_DIGITS) {
      int to = Math.min(from + LINE_OF_DIGITS - 1, digits.length);
      text.append("    ").append(digits, from, to - from).append('\n');
    }
    text.append("    check: ").append(sheet.check()).append("\n\n");
    Arrays.fill(digits, '\0');
    return text.toString();
  }

  private static String scanned(KeySheet sheet) {
    char[] digits = sheet.render();
    String scanned = (String.valueOf(digits) + sheet.check()).replace(" ", "");
    Arrays.fill(digits, '\0');
    return scanned;
  }
}
