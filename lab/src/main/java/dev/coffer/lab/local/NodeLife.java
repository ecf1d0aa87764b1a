package dev.coffer.lab.local;

/** How long a node's process is to live, which decides how it is started. */
public enum NodeLife {
  /** Until {@code coffer down}: it outlives the command and its terminal. */
  BACKGROUND,
  /** As long as this process, however this one ends. */
  TETHERED,
  /** The same for a minute or so: compiled quickly rather than well. */
  BRIEF,
  /** The same, while the JVM records what a start needs: see {@link NodeCache}. */
  RECORDING
}
