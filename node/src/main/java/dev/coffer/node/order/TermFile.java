package dev.coffer.node.order;

import dev.coffer.files.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Properties;

/**
 * The engine's file of term and vote. The engine renames a draft that it could not write over the
 * good one, so a full disk leaves an empty file, with which no start succeeds.
 */
final class TermFile {
  static final String NAME = "raft-meta";

  private static final String TERM = "term";
  private static final String VOTE = "votedFor";

  private TermFile() {}

  /** Whether it says term and vote. */
  static boolean whole(Path file) {
    return term(file).isPresent();
  }

  /** The term; empty where the file is not whole. */
  static OptionalLong term(Path file) {
    Properties content = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      content.load(in);
    } catch (IOException | IllegalArgumentException e) {
      return OptionalLong.empty();
    }
    String term = content.getProperty(TERM, "");
    return term.matches("[0-9]{1,18}") && content.getProperty(VOTE) != null
        ? OptionalLong.of(Long.parseLong(term))
        : OptionalLong.empty();
  }

  /** Writes it: {@code vote} is a voter's name, and empty for none. */
  static void write(Path file, long term, String vote) throws IOException {
    Properties content = new Properties();
    content.setProperty(TERM, Long.toString(term));
    content.setProperty(VOTE, vote);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.store(out, null);
    AtomicFile.replace(file, out.toByteArray(), AtomicFile.Access.ANYBODY);
  }
}
