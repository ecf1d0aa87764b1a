package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Several targets as one, for a guided run that starts only once: u8 which ‖ its input. Counts what
 * each of them got.
 */
final class Together {
  private final List<Target> targets;
  private final long[] counts;

  private Together(List<Target> targets) {
    this.targets = targets;
    this.counts = new long[targets.size()];
  }

  /** At most 256 of them. */
  static Target of(String name, List<Target> targets) {
    Together together = new Together(targets);
    List<Bytes> seeds = new ArrayList<>();
    for (int which = 0; which < targets.size(); which++) {
      Bytes prefix = Bytes.wrap(new byte[] {(byte) which});
      targets.get(which).seeds().forEach(seed -> seeds.add(prefix.concat(seed)));
      Corpus.kept(targets.get(which).name()).forEach(kept -> seeds.add(prefix.concat(kept)));
    }
    return new Target(name, seeds, together::read, together::rest);
  }

  private Optional<Bytes> read(Bytes input) throws Exception {
    if (input.size() == 0) {
      return Optional.empty();
    }
    int which = input.at(0) % targets.size();
    counts[which]++;
    Optional<Bytes> echo = targets.get(which).trial().echo(input.slice(1, input.size()));
    return echo.map(input.slice(0, 1)::concat);
  }

  private void rest() throws Exception {
    for (Target target : targets) {
      target.rest().rest();
    }
    List<String> lines = new ArrayList<>();
    for (int which = 0; which < counts.length; which++) {
      lines.add("guided %s %d".formatted(targets.get(which).name(), counts[which]));
    }
    System.out.println(lines.stream().collect(Collectors.joining("\n")));
  }
}
