package dev.coffer.verification.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every target with its seeds, with inputs that once were findings, with the corpus that guided
 * runs left, and with some thousands of damaged inputs. {@code -Dcoffer.fuzz.seed=N} repeats a run,
 * {@code -Dcoffer.fuzz.inputs=N} prolongs it.
 */
@Tag("long")
class FuzzTest {
  private static final long SEED = Long.getLong("coffer.fuzz.seed", 1);
  private static final int INPUTS = Integer.getInteger("coffer.fuzz.inputs", 2_000);

  /** A slow target gets fewer: all of them together have a few seconds. */
  private static final long NANOS_MAX = 400_000_000;

  @TestFactory
  Stream<DynamicTest> everyReaderRefusesOrReadsExactly() {
    return Targets.all().stream()
        .map(target -> DynamicTest.dynamicTest(target.name(), () -> run(target)));
  }

  private static void run(Target target) throws Exception {
    int accepted = 0;
    for (Bytes seed : target.seeds()) {
      accepted += target.accepts(seed) ? 1 : 0;
    }
    assertTrue(accepted > 0, "no seed of " + target.name() + " is accepted");
    List<Bytes> inputs = new ArrayList<>(target.seeds());
    inputs.addAll(findings(target.name()));
    inputs.addAll(Corpus.kept(target.name()));
    for (Bytes input : inputs) {
      tried(target, input);
    }
    Mutator mutator = new Mutator(SEED, inputs);
    long end = System.nanoTime() + NANOS_MAX;
    for (int i = 0; i < INPUTS && (INPUTS != 2_000 || System.nanoTime() < end); i++) {
      tried(target, mutator.next());
    }
    target.rest().rest();
  }

  private static void tried(Target target, Bytes input) {
    try {
      target.accepts(input);
    } catch (Exception | Error e) {
      throw new AssertionError(target.name() + ", seed " + SEED + ": " + input, e);
    }
  }

  /** One input a line, in hexadecimal. */
  private static List<Bytes> findings(String name) {
    InputStream file = FuzzTest.class.getResourceAsStream("/fuzz/" + name + ".txt");
    if (file == null) {
      return List.of();
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
      return lines.lines().map(Bytes::fromHex).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
