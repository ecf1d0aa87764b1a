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
  int approvers() throws IOException;

  /**
   * An approver's; whoever asks closes it.
   *
   * @param number from 1
   */
  NoteSigner approver(int number) throws IOException;
}
