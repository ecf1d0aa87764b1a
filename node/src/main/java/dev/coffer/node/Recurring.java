package dev.coffer.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work of which a round that fails does not end the ones after it, as it would in a schedule of the
 * Java library. The log has a trouble once, until a round goes well. For one thread.
 */
final class Recurring implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Recurring.class);

  private final String name;
  private final Runnable round;
  private String trouble = "";

  Recurring(String name, Runnable round) {
    this.name = name;
    this.round = round;
  }

  @Override
  public void run() {
    try {
      round.run();
      trouble = "";
    } catch (RuntimeException e) {
      if (!e.toString().equals(trouble)) {
        trouble = e.toString();
        LOG.error("A round of \"{}\" failed, and the next one comes all the same", name, e);
      }
    }
  }
}
