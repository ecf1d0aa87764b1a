package dev.coffer.evidence.site;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A piece of a page, well-formed as HTML and as XML. Whatever somebody else wrote comes in through
 * {@link #text} or {@link #at} and is escaped by the one {@link #escape}: there is no other way to
 * make one, so no text of a package becomes markup. Immutable.
 */
final class Markup implements Part {
  /** An attribute. */
  record Attribute(String name, String value) implements Part {}

  /** Elements without content, of HTML and of the drawings here. */
  private static final Set<String> VOID =
      Set.of("br", "circle", "line", "link", "meta", "path", "rect");

  /** Nothing. */
  static final Markup NONE = new Markup("");

  private final String written;

  private Markup(String written) {
    this.written = written;
  }

  /** Text, whoever wrote it. */
  static Markup text(String text) {
    return new Markup(escape(text));
  }

  /** An attribute, whoever wrote the value. Not for addresses that a package names. */
  static Attribute at(String name, String value) {
    return new Attribute(name, value);
  }

  /** An element; attributes first. The name is this program's own. */
  static Markup tag(String name, Part... parts) {
    StringBuilder out = new StringBuilder("<").append(name);
    StringBuilder inside = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Attribute(String key, String value) ->
            out.append(' ').append(key).append("=\"").append(escape(value)).append('"');
        case Markup markup -> inside.append(markup.written);
      }
    }
    if (VOID.contains(name)) {
      return new Markup(out.append("/>").toString());
    }
    return new Markup(
        out.append('>').append(inside).append("</").append(name).append('>').toString());
  }

  /** An element of one class that holds a text. */
  static Markup tag(String name, String styled, String text) {
    return tag(name, at("class", styled), text(text));
  }

  /** A link to a file of the site, by this program's own path. */
  static Markup link(String path, String text) {
    return tag("a", at("href", path), text(text));
  }

  /** One after the other, each on a line of its own. */
  static Markup all(Stream<Markup> pieces) {
    return new Markup(pieces.map(piece -> piece.written).collect(Collectors.joining("\n")));
  }

  /** The same. */
  static Markup all(List<Markup> pieces) {
    return all(pieces.stream());
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            case '\'' -> out.append("&#39;");
            default -> out.appendCodePoint(shown(c) ? c : 0xFFFD);
          }
        });
    return out.toString();
  }

  /** Neither a control nor half a character nor one that turns the direction of a line. */
  private static boolean shown(int c) {
    int type = Character.getType(c);
    return c == '\n'
        || type != Character.CONTROL
            && type != Character.SURROGATE
            && type != Character.UNASSIGNED
            && type != Character.FORMAT;
  }

  @Override
  public String toString() {
    return written;
  }
}
