package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Puts the best of what a guided run found into the tree: the inputs that Jazzer needs to reach
 * what all of them reach, the shortest first, as far as a target's share of room and time goes.
 * Arguments: a target or several with {@code +}, as they were given to {@link FuzzProgram}; the
 * folder with the run's inputs; the folder of the kept files.
 */
public final class CorpusProgram {
  /** Octets a target before they are packed. */
  private static final int ROOM = 40 << 10;

  private static final long NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(200);

  private CorpusProgram() {}

  /** See above. */
  public static void main(String[] arguments) throws Exception {
    String name = arguments[0];
    Path kept = Files.createDirectories(Path.of(arguments[2]).toAbsolutePath());
    List<Bytes> inputs = needed(name, Path.of(arguments[1]).toAbsolutePath());
    List<Target> targets = name.contains("+") ? Targets.these(name) : List.of(Targets.named(name));
    for (int which = 0; which < targets.size(); which++) {
      int number = which;
      Target target = targets.get(which);
      List<Bytes> its =
          targets.size() == 1
              ? inputs
              : inputs.stream()
                  .filter(input -> input.size() > 0 && input.at(0) % targets.size() == number)
                  .map(input -> input.slice(1, input.size()))
                  .toList();
      List<Bytes> chosen = choose(target, its);
      long size = Corpus.write(kept.resolve(target.name() + ".gz"), chosen);
      System.out.printf(
          "%-28s %,5d of %,6d inputs, %,7d octets packed%n",
          target.name(), chosen.size(), its.size(), size);
    }
    System.exit(0);
  }

  private static List<Bytes> needed(String name, Path corpus)
      throws IOException, InterruptedException {
    Path few = Files.createTempDirectory("coffer-corpus");
    Process merging =
        FuzzProgram.jazzer(name, few, List.of("-merge=1", few.toString(), corpus.toString()));
    merging.getInputStream().transferTo(OutputStream.nullOutputStream());
    int ended = merging.waitFor();
    List<Bytes> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.list(few)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        inputs.add(Bytes.wrap(Files.readAllBytes(file)));
        Files.delete(file);
      }
    }
    if (ended != 0 || inputs.isEmpty()) {
      throw new IOException("merging the corpus of " + name + " ended with " + ended);
    }
    return inputs;
  }

  /** As many as there is room and time for; every one of them has to pass. */
  private static List<Bytes> choose(Target target, List<Bytes> inputs) throws Exception {
    Set<Bytes> seeds = new HashSet<>(target.seeds());
    List<Bytes> chosen = new ArrayList<>();
    for (Bytes seed : seeds) {
      target.accepts(seed);
    }
    int room = ROOM;
    long end = System.nanoTime() + NANOS_MAX;
    List<Bytes> shortestFirst =
        inputs.stream()
            .filter(input -> !seeds.contains(input))
            .distinct()
            .sorted(Comparator.comparingInt(Bytes::size).thenComparing(Bytes::hex))
            .toList();
    for (Bytes input : shortestFirst) {
      room -= input.size() + 4;
      if (room < 0 || System.nanoTime() > end) {
        break;
      }
      target.accepts(input);
      chosen.add(input);
    }
    target.rest().rest();
    return chosen;
  }
}
