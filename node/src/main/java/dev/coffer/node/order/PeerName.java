package dev.coffer.node.order;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The engine's name of a voter: {@code n<node>-<incarnation>}. A node whose Raft directory is lost
 * must not vote under its old name, since it has forgotten what it promised; it comes back under
 * the next incarnation (docs/replication.md rule 4).
 */
record PeerName(int node, long incarnation) {
  private static final Pattern FORM = Pattern.compile("n([1-7])-([1-9][0-9]{0,11})");

  @Override
  public String toString() {
    return "n" + node + "-" + incarnation;
  }

  /** The node in a name; empty for anything that is not one. */
  static OptionalInt nodeOf(String name) {
    Matcher matcher = FORM.matcher(name);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }
}
