package dev.coffer.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The log file: one line an event, rotated, other libraries at WARNING. Standard output stays free
 * for {@code ready}.
 */
final class NodeLog {
  private static final int FILE_OCTETS = 8 << 20;
  private static final int FILES = 4;

  /** Held here: the logging framework forgets the levels of loggers that nobody holds. */
  private static final List<Logger> HELD =
      List.of(
          Logger.getLogger("dev.coffer"),
          Logger.getLogger("org.apache.ratis"),
          Logger.getLogger("org.apache.ratis.thirdparty"),
          Logger.getLogger("org.eclipse.jetty"));

  private NodeLog() {}

  static void open(Path file, String level) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    String pattern = file.toString().replace("%", "%%");
    FileHandler handler = new FileHandler(pattern + ".%g", FILE_OCTETS, FILES, true);
    handler.setFormatter(new OneLine());
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    HELD.get(0).setLevel(Level.parse(level));
    HELD.get(1).setLevel(Level.WARNING);
    HELD.get(2).setLevel(Level.SEVERE);
    // It warns of every client that goes away, with what that client asked for.
    HELD.get(3).setLevel(Level.SEVERE);
  }

  private static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord record) {
      StringBuilder line = new StringBuilder();
      line.append(Instant.ofEpochMilli(record.getMillis()))
          .append(' ')
          .append(record.getLevel())
          .append(' ');
      String name = record.getLoggerName() == null ? "" : record.getLoggerName();
      line.append(name.substring(name.lastIndexOf('.') + 1)).append(": ");
      line.append(formatMessage(record).replace('\n', ' '));
      for (Throwable cause = record.getThrown(); cause != null; cause = cause.getCause()) {
        line.append(" | ").append(cause);
        for (int i = 0; i < Math.min(6, cause.getStackTrace().length); i++) {
          line.append(" < ").append(cause.getStackTrace()[i]);
        }
      }
      return line.append('\n').toString();
    }
  }
}
