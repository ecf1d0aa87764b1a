package dev.coffer.notary.operator;

import dev.coffer.notary.key.NoteSigner;
import java.io.IOException;

/**
 * Whose keys are at hand where bundles are issued. Keys are opened for as long as one signature.
 */
public interface BundleSigners {
  /** The operator's; whoever asks closes it. */
  NoteSigner operator() throws IOException;

  /**
   * How many approvers' keys are at hand. More than none only in a development vault, where one
   * command plays everybody: people who approve keep their keys to themselves.
   */
  default int approvers() throws IOException {
    return 0;
  }

  /**
   * An approver's; whoever asks closes it.
   *
   * @param number from 1
   */
  default NoteSigner approver(int number) throws IOException {
    throw new IllegalArgumentException("no approver's key is at hand");
  }
}
