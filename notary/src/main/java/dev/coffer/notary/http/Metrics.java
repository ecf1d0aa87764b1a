package dev.coffer.notary.http;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Writes measurements as Prometheus text (format 0.0.4). Moments are seconds since 1970, so that
 * ages are {@code time()} minus them. Not thread-safe.
 *
 * <p>Everything here is for everybody: names of logs and witnesses are public, and no label ever
 * holds what a client sent.
 */
public final class Metrics {
  /** Who has something to tell. */
  @FunctionalInterface
  public interface Source {
    /**
     * Adds what it knows.
     *
     * @throws IOException if that cannot be read now
     */
    void measure(Metrics out) throws IOException;
  }

  /** The Content-Type. */
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder out = new StringBuilder();
  private final Set<String> named = new HashSet<>();

  /** A value that goes up and down. */
  public Metrics gauge(String name, String help, long value) {
    return sample(name, "gauge", help, "", value);
  }

  /** The same of one among several; all of one name follow each other. */
  public Metrics gauge(String name, String help, String label, String of, long value) {
    return sample(name, "gauge", help, labelled(label, of), value);
  }

  /** A count since the start, whose name ends with {@code _total}. */
  public Metrics counter(String name, String help, long value) {
    return sample(name, "counter", help, "", value);
  }

  /** The same of one among several; all of one name follow each other. */
  public Metrics counter(String name, String help, String label, String of, long value) {
    return sample(name, "counter", help, labelled(label, of), value);
  }

  private static String labelled(String label, String of) {
    String escaped = of.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return "{" + label + "=\"" + escaped + "\"}";
  }

  private Metrics sample(String name, String kind, String help, String labels, long value) {
    if (named.add(name)) {
      out.append("# HELP ").append(name).append(' ').append(help).append('\n');
      out.append("# TYPE ").append(name).append(' ').append(kind).append('\n');
    }
    out.append(name).append(labels).append(' ').append(value).append('\n');
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
