package dev.coffer.analysis.world;

import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * Worlds of the seeds that are asked for, as in {@code 1-8}, up to the first that breaks a promise:
 * its name and story with the seed as the last line, or nothing. A function of JDK types alone,
 * because planted faults run in a class loader of their own.
 */
public final class WorldRuns implements Function<String, String> {
  @Override
  public String apply(String seeds) {
    String[] range = seeds.split("-");
    Campaign campaign = new Campaign();
    return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[range.length - 1]))
        .mapToObj(seed -> story(campaign.run(seed), seed))
        .filter(story -> !story.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static String story(String told, long seed) {
    return told.isEmpty() ? "" : told + "\n" + seed;
  }
}
