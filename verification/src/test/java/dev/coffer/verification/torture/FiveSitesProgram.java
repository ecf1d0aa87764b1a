package dev.coffer.verification.torture;

import java.io.IOException;
import java.util.Optional;

/**
 * {@code ./coffer torture --sites}: five sites far from each other found a fleet and keep what they
 * promise. Status 0: all promises kept; 1: not; 10: this machine cannot.
 */
public final class FiveSitesProgram {
  private static final int BROKEN = 1;
  private static final int HERE = 10;

  private FiveSitesProgram() {}

  /** See above; takes no arguments. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Optional<String> unavailable = FiveSites.unavailable();
    if (unavailable.isPresent()) {
      System.err.println("five sites: SKIPPED, " + unavailable.get() + ".");
      System.exit(HERE);
    }
    boolean kept = false;
    try (FiveSites sites = FiveSites.make(TortureProgram.java(), System.err::println)) {
      try {
        kept = sites.run();
        System.out.println(sites.network());
        sites.lines().forEach(System.out::println);
      } finally {
        if (!kept) {
          TortureProgram.keep(sites.directory());
        }
      }
    }
    System.exit(kept ? 0 : BROKEN);
  }
}
