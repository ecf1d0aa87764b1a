package dev.coffer.cli.ceremony;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
 * Lays a script out for paper: its text on A4 pages, each with its number. The same text gives the
 * same octets on every machine and at every time, so that a hash names it.
 */
final class ScriptPdf {
  /** Courier: each character is 0.6 of it wide, so that a line has its 515 points at most. */
  private static final float SIZE = 8.5f;

  private static final int COLUMNS = 100;
  private static final float LEADING = 11.5f;
  private static final int LINES = 64;
  private static final float LEFT = 42;
  private static final float TOP = 796;
  private static final float FOOT = 36;

  static {
    FontMappers.set(new NoFonts());
  }

  private ScriptPdf() {}

  /**
   * The document.
   *
   * @param markdown printable ASCII in lines
   * @param foot stands below each page
   */
  static byte[] of(String markdown, String foot) throws IOException {
    List<String> lines = new ArrayList<>();
    markdown.lines().forEach(line -> wrap(line, lines));
    int pages = Math.max(1, Math.ceilDiv(lines.size(), LINES));
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
          int end = Math.min(lines.size(), (page + 1) * LINES);
          float down = TOP;
          for (String line : lines.subList(page * LINES, end)) {
            boolean heading = line.startsWith("#");
            write(out, heading ? bold : plain, down, heading ? line.replaceFirst("#+ ", "") : line);
            down -= LEADING;
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
