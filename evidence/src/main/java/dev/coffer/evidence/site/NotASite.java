package dev.coffer.evidence.site;

import java.nio.file.Path;

/** There is something at that place which this program did not write, and does not touch. */
public final class NotASite extends Exception {
  private static final long serialVersionUID = 1L;

  NotASite(Path where, String why) {
    super(where + " " + why);
  }
}
