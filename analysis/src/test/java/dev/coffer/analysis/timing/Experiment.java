package dev.coffer.analysis.timing;

/** Code that a {@link TracingLoader} loads anew, and whoever traces it calls. */
public interface Experiment {
  /** Prepares input {@code seed} of the work of that name, and gives the work. */
  Runnable prepare(String work, long seed);
}
