package dev.coffer.hsm.tpm;

import java.io.IOException;

/** A TPM did not do what it was asked. The message says what happened and what to do. */
public final class TpmFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What went wrong, as far as the caller may want to act on it. */
  public enum Kind {
    /** The machine is not in the state that the key, or the memory, is sealed to. */
    STATE,
    /** No such object or index, or one of another TPM or of before it was cleared. */
    NOT_THERE,
    /** The index is there, and was never written. */
    NOT_WRITTEN,
    /** Anything else: the number of the specification is in the message. */
    OTHER
  }

  private TpmFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** What {@code command} means by {@code code} (TPM 2.0 Library, Part 2, section 6.6). */
  static TpmFailure of(String command, int code) {
    String number = " (" + command + " answered 0x" + Integer.toHexString(code) + ")";
    // Errors of format one carry, above their number, which handle, session or parameter they mean.
    int error = (code & 0x80) != 0 ? 0x80 | code & 0x3f : code;
    return switch (error) {
      case 0x9d, 0x128 ->
          new TpmFailure(
              Kind.STATE,
              "This machine did not start as it did when the HSM was made: its PCRs differ"
                  + number
                  + ". Start it as it was measured then; after a change that is meant, replace this"
                  + " member.");
      case 0x8b, 0x9f, 0x121, 0x122 ->
          new TpmFailure(
              Kind.NOT_THERE,
              "The TPM does not know this HSM's keys or its memory's anchor"
                  + number
                  + ": it is another TPM, or was cleared. Put the right one back; a cleared one has"
                  + " lost this member, and nobody else's.");
      case 0x14a ->
          new TpmFailure(Kind.NOT_WRITTEN, "The TPM's index was never written" + number + ".");
      case 0x8e, 0xa2, 0x12f ->
          new TpmFailure(
              Kind.OTHER,
              "The TPM's owner has a password"
                  + number
                  + ": make this HSM before that is set. It needs none later.");
      case 0x14b ->
          new TpmFailure(
              Kind.OTHER,
              "The TPM has no space for this HSM's two indices"
                  + number
                  + ": remove what nobody needs.");
      case 0x921 ->
          new TpmFailure(
              Kind.OTHER, "The TPM is locked against guessing" + number + ": wait, and try again.");
      case 0x920 ->
          new TpmFailure(
              Kind.OTHER,
              "The TPM slows writes down to spare itself" + number + ": raise anchor-every.");
      case 0x100 ->
          new TpmFailure(
              Kind.OTHER,
              "The TPM was not started" + number + ": that is the firmware's, or swtpm's, to do.");
      default ->
          new TpmFailure(
              Kind.OTHER, "The TPM failed" + number + ": see what its vendor says of that.");
    };
  }
}
