package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.Refused;

/** A proposal's name on a command line: SHA-256 of its statement. */
final class ProposalHash {
  private static final int OCTETS = 32;

  private ProposalHash() {}

  static Bytes parse(String digits) throws Failure {
    try {
      return LowerHex.parse(digits, OCTETS, "hash");
    } catch (Refused e) {
      throw new Failure(
          ExitCode.USAGE,
          "This is no proposal's hash.",
          "Give the 64 digits that coffer bundle propose printed.");
    }
  }
}
