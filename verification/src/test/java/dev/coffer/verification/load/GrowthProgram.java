package dev.coffer.verification.load;

import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an attempt costs as the number of accounts grows: CPU time of one HSM's capture and release
 * and of one node's store, in entries of 256 attempts. Arguments: numbers of accounts, ascending.
 */
public final class GrowthProgram {
  private static final int BATCH = 256;
  private static final int ROUNDS = 60;
  private static final int WARM = 20;

  private GrowthProgram() {}

  public static void main(String[] args) throws IOException, Rejected {
    Path directory = Files.createTempDirectory("growth");
    PrintStream out = System.out;
    out.println("microseconds of CPU an attempt, median of " + (ROUNDS - WARM) + " entries of 256");
    out.println("accounts  capture  release  prove  apply");
    try (BusyVault vault = new BusyVault(directory.resolve("store"))) {
      for (String accounts : args) {
        vault.fill(Long.parseLong(accounts) - vault.accounts());
        measure(vault, out);
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  private static void measure(BusyVault vault, PrintStream out) throws Rejected {
    long accounts = vault.accounts();
    vault.register(BATCH);
    List<double[]> rounds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      double[] cost = round(vault);
      if (round >= WARM) {
        rounds.add(cost);
      }
    }
    vault.requireNothingFailed();
    out.printf("%8d", accounts);
    for (int column = 0; column < 4; column++) {
      int of = column;
      double[] sorted = rounds.stream().mapToDouble(cost -> cost[of]).sorted().toArray();
      out.printf("  %7.1f", sorted[sorted.length / 2]);
    }
    out.println();
  }

  private static double[] round(BusyVault vault) throws Rejected {
    BusyVault.Ready ready = vault.attempts(BATCH);
    double proved = vault.proving() / 1e3 / BATCH;
    long t = Cpu.thread();
    HsmPort.Capture capture = vault.capture(ready);
    double captured = used(t);
    BusyVault.Captured certified = vault.certify(ready, capture);
    t = Cpu.thread();
    vault.release(certified);
    double released = used(t);
    vault.tellOthers(certified);
    t = Cpu.thread();
    vault.apply(certified);
    double applied = used(t);
    vault.whole(vault.successes());
    return new double[] {captured, released, proved, applied};
  }

  private static double used(long since) {
    return (Cpu.thread() - since) / 1e3 / BATCH;
  }
}
