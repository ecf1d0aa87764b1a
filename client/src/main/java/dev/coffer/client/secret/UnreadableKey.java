package dev.coffer.client.secret;

import java.util.List;

/** A typed 64-digit key that cannot be one; names the groups to look at, never what was typed. */
public final class UnreadableKey extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<Integer> groups;

  UnreadableKey(String next, List<Integer> groups) {
    super(next);
    this.groups = List.copyOf(groups);
  }

  /** The groups to compare with the paper, counted from 1; empty if it cannot be told. */
  public List<Integer> groups() {
    return groups;
  }

  /** A sentence for the user. */
  public String whatToDoNext() {
    return getMessage() == null ? "" : getMessage();
  }
}
