package dev.coffer.cli.terminal;

import io.nayuki.qrcodegen.QrCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.fontbox.FontBoxFont;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.pdfwriter.compress.CompressParameters;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.CIDFontMapping;
import org.apache.pdfbox.pdmodel.font.FontMapper;
import org.apache.pdfbox.pdmodel.font.FontMappers;
import org.apache.pdfbox.pdmodel.font.FontMapping;
import org.apache.pdfbox.pdmodel.font.PDCIDSystemInfo;
import org.apache.pdfbox.pdmodel.font.PDFontDescriptor;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts.FontName;
import org.jspecify.annotations.Nullable;

/**
 * Lays text out for paper: on A4 pages, each with its number. The same text gives the same octets
 * on every machine and at every time, so that a hash names it. Stateless and thread-safe.
 */
public final class PaperPdf {
  /** Courier: each character is 0.6 of it wide, so that a line has its 515 points at most. */
  private static final float SIZE = 8.5f;

  private static final int COLUMNS = 100;
  private static final float LEADING = 11.5f;
  private static final int LINES = 64;
  private static final float LEFT = 42;
  private static final float TOP = 796;
  private static final float FOOT = 36;

  /** A module of a QR code is a millimetre wide, and the code has four of them around it. */
  private static final float MODULE = 2.83f;

  private static final float MARGIN = 4 * MODULE;

  /** So much room has the largest code that is made here, 85 modules. */
  private static final int CODE_LINES = 24;

  static {
    FontMappers.set(new NoFonts());
  }

  private PaperPdf() {}

  /**
   * The document.
   *
   * @param markdown lines; those that begin with # are headings. What is not printable ASCII stands
   *     there as \\u and four hexadecimal digits
   * @param foot stands below each page, printable ASCII
   */
  public static byte[] of(String markdown, String foot) throws IOException {
    return laidOut(markdown, foot, Optional.empty());
  }

  /**
   * The same with a QR code below the text.
   *
   * @param scanned what it says, in capitals; at most 500 characters
   */
  public static byte[] of(String markdown, String foot, String scanned) throws IOException {
    return laidOut(markdown, foot, Optional.of(QrText.code(scanned)));
  }

  private static byte[] laidOut(String markdown, String foot, Optional<QrCode> code)
      throws IOException {
    List<String> lines = new ArrayList<>();
    markdown.lines().forEach(line -> wrap(printable(line), lines));
    int below = code.isPresent() ? CODE_LINES : 0;
    int pages = Math.max(1, Math.ceilDiv(lines.size() + below, LINES));
    try (PDDocument document = new PDDocument()) {
      // Else the moment of writing would be in it.
      document.setDocumentId(1L);
      PDType1Font plain = new PDType1Font(FontName.COURIER);
      PDType1Font bold = new PDType1Font(FontName.COURIER_BOLD);
      for (int page = 0; page < pages; page++) {
        PDPage paper = new PDPage(PDRectangle.A4);
        document.addPage(paper);
        // Compressed, it would depend on the machine's library.
        try (PDPageContentStream out =
            new PDPageContentStream(
                document, paper, PDPageContentStream.AppendMode.OVERWRITE, false)) {
          int begin = Math.min(lines.size(), page * LINES);
          int end = Math.min(lines.size(), (page + 1) * LINES);
          float down = TOP;
          for (String line : lines.subList(begin, end)) {
            boolean heading = line.startsWith("#");
            write(out, heading ? bold : plain, down, heading ? line.replaceFirst("#+ ", "") : line);
            down -= LEADING;
          }
          if (code.isPresent() && page == pages - 1) {
            draw(out, code.get(), down);
          }
          write(out, plain, FOOT, foot + ", page " + (page + 1) + " of " + pages);
        }
      }
      ByteArrayOutputStream octets = new ByteArrayOutputStream();
      document.save(octets, CompressParameters.NO_COMPRESSION);
      return octets.toByteArray();
    }
  }

  private static void write(PDPageContentStream out, PDType1Font font, float down, String line)
      throws IOException {
    out.beginText();
    out.setFont(font, SIZE);
    out.newLineAtOffset(LEFT, down);
    out.showText(line);
    out.endText();
  }

  /** Each module a square, none of which another program may smooth. */
  private static void draw(PDPageContentStream out, QrCode code, float top) throws IOException {
    for (int y = 0; y < code.size; y++) {
      for (int x = 0; x < code.size; x++) {
        if (code.getModule(x, y)) {
          out.addRect(LEFT + MARGIN + x * MODULE, top - MARGIN - (y + 1) * MODULE, MODULE, MODULE);
        }
      }
    }
    out.fill();
  }

  private static String printable(String line) {
    StringBuilder ascii = new StringBuilder();
    line.chars()
        .forEach(c -> ascii.append(c >= ' ' && c <= '~' ? (char) c : "\\u%04X".formatted(c)));
    return ascii.toString();
  }

  /** What is too long goes on below, as far in as it began; a word without end is cut. */
  private static void wrap(String line, List<String> lines) {
    String margin = line.substring(0, line.length() - line.stripLeading().length());
    String rest = line;
    while (rest.length() > COLUMNS) {
      int blank = rest.lastIndexOf(' ', COLUMNS);
      int cut = blank > margin.length() ? blank : COLUMNS;
      lines.add(rest.substring(0, cut));
      rest = margin + rest.substring(cut).stripLeading();
    }
    lines.add(rest);
  }

  /** Courier is in every reader: no fonts of this machine are looked for, which takes seconds. */
  private static final class NoFonts implements FontMapper {
    @Override
    public @Nullable FontMapping<TrueTypeFont> getTrueTypeFont(
        String name, PDFontDescriptor descriptor) {
      return null;
    }

    @Override
    public FontMapping<FontBoxFont> getFontBoxFont(String name, PDFontDescriptor descriptor) {
      return new FontMapping<>(null, false);
    }

    @Override
    public @Nullable CIDFontMapping getCIDFont(
        String name, PDFontDescriptor descriptor, PDCIDSystemInfo system) {
      return null;
    }
  }
}
