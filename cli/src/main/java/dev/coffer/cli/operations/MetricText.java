package dev.coffer.cli.operations;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the samples of Coffer's own names from Prometheus text (format 0.0.4). Whoever wrote it may
 * lie about numbers, and no more: what is kept has a name, labels and a number of limited length in
 * printable ASCII.
 */
final class MetricText {
  /** A node has some 300. */
  static final int SAMPLES_MAX = 1_000;

  private static final Pattern SAMPLE =
      Pattern.compile(
          "(coffer_[a-z_]{1,60}(?:\\{[ -~]{1,250}\\})?)"
              + " (-?\\d{1,20}(?:\\.\\d{1,20})?(?:[eE][+-]?\\d{1,2})?)");

  private MetricText() {}

  /**
   * The samples in their order, each by its name with its labels, and its number as it stands
   * there. Of one name the first counts; lines that are no such sample are passed by.
   *
   * @throws IOException if there are more than {@link #SAMPLES_MAX}
   */
  static Map<String, String> read(Bytes text) throws IOException {
    Map<String, String> samples = new LinkedHashMap<>();
    String all = new String(text.toByteArray(), StandardCharsets.UTF_8);
    for (String line : all.split("\n")) {
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        samples.putIfAbsent(sample.group(1), sample.group(2));
        if (samples.size() > SAMPLES_MAX) {
          throw new IOException("more than " + SAMPLES_MAX + " measurements");
        }
      }
    }
    return samples;
  }
}
