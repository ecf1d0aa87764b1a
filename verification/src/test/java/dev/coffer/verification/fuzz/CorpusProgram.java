package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
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
 * Puts the best of what {@link FuzzProgram} found into the tree: of each target's inputs, those
 * that Jazzer needs to reach what all of them reach, the shortest first, as far as a target's share
 * of room and time goes. Arguments: target or {@code all}, working folder of the guided runs,
 * folder of the kept files.
 */
public final class CorpusProgram {
  /** Octets a target before they are packed. */
  private static final int ROOM = 40 << 10;

  private static final long NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(250);

  private CorpusProgram() {}

  /** See above. */
  public static void main(String[] arguments) throws Exception {
    Path worked = Path.of(arguments[1]).toAbsolutePath();
    Path kept = Files.createDirectories(Path.of(arguments[2]).toAbsolutePath());
    long sum = 0;
    for (Target target : Targets.all()) {
      Path corpus = worked.resolve(target.name()).resolve("corpus");
      boolean wanted = arguments[0].equals("all") || arguments[0].equals(target.name());
      if (wanted && Files.isDirectory(corpus)) {
        List<Bytes> chosen = choose(target, needed(target, corpus));
        long size = Corpus.write(kept.resolve(target.name() + ".gz"), chosen);
        sum += size;
        System.out.printf(
            "%-28s %,5d inputs, %,7d octets packed%n", target.name(), chosen.size(), size);
      }
    }
    System.out.printf("%-28s %,21d octets packed%n", "together", sum);
    System.exit(0);
  }

  private static List<Bytes> needed(Target target, Path corpus)
      throws IOException, InterruptedException {
    Path few = Files.createTempDirectory("coffer-corpus");
    Process merging =
        FuzzProgram.jazzer(
            target, corpus.getParent(), List.of("-merge=1", few.toString(), corpus.toString()));
    merging.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    int ended = merging.waitFor();
    List<Bytes> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.list(few)) {
      for (Path file : files.toList()) {
        inputs.add(Bytes.wrap(Files.readAllBytes(file)));
        Files.delete(file);
      }
    }
    Files.delete(few);
    if (ended != 0 || inputs.isEmpty()) {
      throw new IOException("merging the corpus of " + target.name() + " ended with " + ended);
    }
    return inputs;
  }

  /** As many as there is room and time for; every one of them has to pass. */
  private static List<Bytes> choose(Target target, List<Bytes> inputs) throws Exception {
    Set<Bytes> seeds = new HashSet<>(target.seeds());
    List<Bytes> chosen = new ArrayList<>();
    int room = ROOM;
    for (Bytes seed : seeds) {
      target.accepts(seed);
    }
    long end = System.nanoTime() + NANOS_MAX;
    List<Bytes> shortestFirst =
        inputs.stream()
            .filter(input -> !seeds.contains(input))
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
