package dev.coffer.notary.operator;

import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Up to where somebody was told, in a file of the monitor's directory. It is written after an alert
 * was delivered: a crash in between tells it twice, never not at all. Immutable.
 *
 * @param since when this monitor looked first, in seconds since 1970
 * @param leaves how many leaves of the log
 * @param aging the quorum's time of the checkpoint that was said to grow old; 0 for none
 * @param forks folders of evidence
 */
record AlertProgress(long since, long leaves, long aging, SortedSet<String> forks) {
  private static final String HEAD = "coffer/told/v1";
  private static final String FILE = "told";

  AlertProgress {
    forks = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(forks));
  }

  /** What a monitor has told that never looked before. */
  static AlertProgress nothing(long now) {
    return new AlertProgress(now, 0, 0, new TreeSet<>());
  }

  AlertProgress withLeaves(long upTo) {
    return new AlertProgress(since, Math.max(leaves, upTo), aging, forks);
  }

  AlertProgress withAging(long quorumTime) {
    return new AlertProgress(since, leaves, quorumTime, forks);
  }

  AlertProgress withFork(String evidence) {
    SortedSet<String> more = new TreeSet<>(forks);
    more.add(evidence);
    return new AlertProgress(since, leaves, aging, more);
  }

  /**
   * Reads the file.
   *
   * @return empty if there is none, or it is damaged: then everything is told again
   */
  static Optional<AlertProgress> read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      LineReader in = new LineReader(Utf8.decode(Bytes.wrap(Files.readAllBytes(file)), FILE), FILE);
      in.expect(HEAD);
      long since = number(in, "since");
      long leaves = number(in, "leaves");
      long aging = number(in, "aging");
      SortedSet<String> forks = new TreeSet<>();
      while (!in.atEnd()) {
        forks.add(in.words("fork", 1).get(0));
      }
      return Optional.of(new AlertProgress(since, leaves, aging, forks));
    } catch (Refused e) {
      return Optional.empty();
    }
  }

  private static long number(LineReader in, String keyword) throws Refused {
    return Decimal.parse(in.words(keyword, 1).get(0), keyword);
  }

  /** Replaces the file; once this returns it is durable. */
  void write(Path directory) throws IOException {
    StringBuilder text = new StringBuilder(HEAD).append('\n');
    text.append("since ").append(since).append('\n');
    text.append("leaves ").append(leaves).append('\n');
    text.append("aging ").append(aging).append('\n');
    forks.forEach(fork -> text.append("fork ").append(fork).append('\n'));
    AtomicFile.replace(
        directory.resolve(FILE),
        Utf8.encode(text.toString()).toByteArray(),
        AtomicFile.Access.OWNER);
  }
}
