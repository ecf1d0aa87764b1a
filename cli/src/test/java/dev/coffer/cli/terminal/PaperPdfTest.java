package dev.coffer.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text on paper: the same octets everywhere, and all of it. */
class PaperPdfTest {
  private static final String SCRIPT =
      "# Ceremony pilot\n\n- [ ] 5 HSMs, threshold 3\n      an indented line, "
          + "word ".repeat(30)
          + "end\n"
          + "x".repeat(230)
          + "\n"
          + "| 1 | town-1 | (a) \\ % |\n".repeat(130)
          + "last line\n";

  @TempDir private Path folder;

  /** It is pinned: a library that writes otherwise is noticed, and so is a clock in it. */
  @Test
  void theSameScriptGivesTheSameOctets() throws Exception {
    byte[] once = PaperPdf.of(SCRIPT, "Plan 11");
    assertArrayEquals(once, PaperPdf.of(SCRIPT, "Plan 11"));
    assertFalse(Arrays.equals(once, PaperPdf.of(SCRIPT, "Plan 12")));
    assertEquals(
        "922ac136fdb0c60d574ba5b741c23ffb7230dc13b7e5215bba2c95656db4f468",
        Hashes.sha256(Bytes.wrap(once)).hex());
  }

  /** By another program. */
  @Test
  void allOfTheTextIsThere() throws Exception {
    assumeTrue(onPath("pdftotext"), "there is no pdftotext here: install poppler-utils");
    String text = read(PaperPdf.of(SCRIPT, "Plan 11"));
    List<String> pages = List.of(text.split("\f"));
    assertEquals(3, pages.size(), text);
    for (int page = 1; page <= 3; page++) {
      assertTrue(pages.get(page - 1).contains("Plan 11, page " + page + " of 3"), text);
    }
    assertTrue(pages.getFirst().stripLeading().startsWith("Ceremony pilot"), text);
    assertTrue(pages.getLast().contains("last line"), text);
    assertEquals(
        130, text.lines().filter(line -> line.contains("| 1 | town-1 | (a) \\ % |")).count());
    assertEquals(30, text.split("word", -1).length - 1);
    assertEquals(230, text.chars().filter(c -> c == 'x').count());
  }

  /** Printed and scanned by other programs: a code of the length that a sheet has. */
  @Test
  void theCodeBelowTheTextIsRead() throws Exception {
    assumeTrue(
        onPath("pdftoppm") && onPath("zbarimg"),
        "there is no pdftoppm or zbarimg here: install poppler-utils and zbar-tools");
    String scanned = "0123456789".repeat(9);
    Path pdf =
        Files.write(
            folder.resolve("sheet.pdf"),
            PaperPdf.of("Key of jos\u00e9\n" + "line\n".repeat(12), "Sheet 1", scanned));
    Path picture = folder.resolve("sheet");
    run(
        folder.resolve("ignored"),
        "pdftoppm",
        "-r",
        "100",
        "-png",
        pdf.toString(),
        picture.toString());
    Path said = folder.resolve("said");
    run(said, "zbarimg", "-q", "--raw", folder.resolve("sheet-1.png").toString());
    assertEquals(scanned, Files.readString(said).strip());
    assertTrue(read(Files.readAllBytes(pdf)).contains("Key of jos\\u00E9"));
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(part -> Files.isExecutable(Path.of(part, program)));
  }

  private static void run(Path out, String... command) throws IOException, InterruptedException {
    assertEquals(
        0,
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(out.toFile())
            .start()
            .waitFor());
  }

  private String read(byte[] pdf) throws IOException, InterruptedException {
    Path file = Files.write(folder.resolve("script.pdf"), pdf);
    Path text = folder.resolve("script.txt");
    run(folder.resolve("nothing"), "pdftotext", "-layout", file.toString(), text.toString());
    return Files.readString(text, StandardCharsets.UTF_8);
  }
}
