package dev.coffer.transparency.bundle;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What changed from one bundle to the next: the table that a notary prints before it signs, and an
 * auditor for every epoch.
 *
 * @param lines {@code +} or {@code -} and what came or went: states, evidence, settings, HSMs, keys
 */
public record KeyDelta(List<String> lines) {
  public KeyDelta {
    lines = List.copyOf(lines);
  }

  /** From {@code before}, which is empty for the first bundle, to {@code after}. */
  public static KeyDelta between(Optional<Bundle> before, Bundle after) {
    Set<String> old = before.map(KeyDelta::facts).orElse(Set.of());
    Set<String> now = facts(after);
    List<String> lines = new ArrayList<>();
    old.stream().filter(fact -> !now.contains(fact)).forEach(fact -> lines.add("- " + fact));
    now.stream().filter(fact -> !old.contains(fact)).forEach(fact -> lines.add("+ " + fact));
    return new KeyDelta(lines);
  }

  private static Set<String> facts(Bundle bundle) {
    Set<String> facts = new LinkedHashSet<>();
    for (String line : bundle.text().split("\n")) {
      String keyword = line.substring(0, Math.max(0, line.indexOf(' ')));
      if (Set.of("fleet", "settings", "hsm", "key", "min-epoch", "policy", "trust-policy")
          .contains(keyword)) {
        facts.add(line);
      }
    }
    return facts;
  }

  /** The ids of fleets whose evidence was another before. */
  public List<String> otherEvidence() {
    List<String> ids = new ArrayList<>();
    for (String line : lines) {
      String[] now = line.split(" ", -1);
      if (line.startsWith("+ fleet ")) {
        lines.stream()
            .filter(before -> before.startsWith("- fleet " + now[2] + " "))
            .filter(before -> !before.endsWith(" " + now[4]))
            .forEach(before -> ids.add(now[2]));
      }
    }
    return ids;
  }

  /** Whether any key came or went. */
  public boolean changesKeys() {
    return lines.stream().anyMatch(line -> line.startsWith("+ key ") || line.startsWith("- key "));
  }
}
