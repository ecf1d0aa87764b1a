package dev.coffer.verification.rules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The few places that may read the clock, draw from the system's generator or wait: one line each,
 * {@code path call why}. An entry that nothing uses any more is itself a violation, so that the
 * list only ever says what is true.
 */
final class Ports {
  private record Entry(String file, String call, long line) {}

  private final String listedIn;
  private final List<Entry> entries = new ArrayList<>();
  private final Set<Entry> used = new HashSet<>();
  private final List<Violation> malformed = new ArrayList<>();

  Ports(String listedIn, String list) {
    this.listedIn = listedIn;
    long line = 0;
    for (String text : list.lines().toList()) {
      line++;
      if (text.isBlank() || text.startsWith("#")) {
        continue;
      }
      String[] fields = text.trim().split("\\s+", 3);
      if (fields.length < 3 || !SourceRules.AMBIENT.contains(fields[1])) {
        String rule = "An entry is `path call why`, and call is one that the rule knows.";
        malformed.add(new Violation(listedIn, line, rule, text));
      } else {
        entries.add(new Entry(fields[0], fields[1], line));
      }
    }
  }

  boolean allows(String file, String call) {
    boolean allowed = false;
    for (Entry entry : entries) {
      if (entry.file.equals(file) && entry.call.equals(call)) {
        used.add(entry);
        allowed = true;
      }
    }
    return allowed;
  }

  /** What is wrong with the list itself, once every source has been asked about. */
  List<Violation> faults() {
    List<Violation> faults = new ArrayList<>(malformed);
    for (Entry entry : entries) {
      if (!used.contains(entry)) {
        String rule = "Delete this entry: that file no longer makes that call.";
        faults.add(new Violation(listedIn, entry.line, rule, entry.file + " " + entry.call));
      }
    }
    return faults;
  }
}
