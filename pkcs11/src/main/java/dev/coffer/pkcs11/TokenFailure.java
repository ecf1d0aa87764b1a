package dev.coffer.pkcs11;

import java.io.IOException;

/**
 * A token did not do what it was asked. The message says what happened and what to do, and holds
 * neither a PIN nor a key.
 */
public final class TokenFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What went wrong, as far as the caller may want to act on it. */
  public enum Kind {
    /** The PIN is another one. Asking again costs one of the token's few tries. */
    PIN_REFUSED,
    /** The token takes no PIN any more until its security officer unlocks it. */
    PIN_LOCKED,
    /** The token, or the key asked for, is not there. */
    NOT_THERE,
    /** The token does not have this mechanism, or not in this form. */
    CANNOT,
    /** What was to be opened was not sealed by this key, or was changed. */
    NOT_OPENED,
    /** Anything else: the number of PKCS#11 is in the message. */
    OTHER
  }

  TokenFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** What {@code function} means by {@code result} (PKCS#11 v2.40, section 11.1). */
  static TokenFailure of(String function, long result) {
    String number = " (" + function + " answered 0x" + Long.toHexString(result) + ")";
    // Some tokens have no better word for a tag that does not match.
    boolean vague = function.equals("C_Decrypt") && (result == 5 || result == 6);
    return switch (vague ? 0x40 : (int) result) {
      case 0xa0, 0xa1, 0xa2, 0xa3 ->
          new TokenFailure(
              Kind.PIN_REFUSED,
              "The token does not accept the PIN"
                  + number
                  + ": correct the PIN file. Do not try often: tokens lock.");
      case 0xa4 ->
          new TokenFailure(
              Kind.PIN_LOCKED,
              "The token's PIN is locked"
                  + number
                  + ": have its security officer set a new one, and write that into the PIN file.");
      case 0x102 ->
          new TokenFailure(
              Kind.PIN_LOCKED,
              "The token has no user PIN yet" + number + ": set one with the token's own tools.");
      case 0x30, 0x32, 0xe0, 0xe1 ->
          new TokenFailure(
              Kind.NOT_THERE, "The token is gone" + number + ": insert it, and start again.");
      case 0x54, 0x70, 0x71 ->
          new TokenFailure(
              Kind.CANNOT, "The token cannot do this" + number + ": take one that can.");
      case 0x40, 0x41 ->
          new TokenFailure(
              Kind.NOT_OPENED,
              "The token's key does not open this" + number + ": it was sealed by another key.");
      default ->
          new TokenFailure(
              Kind.OTHER, "The token failed" + number + ": see what its vendor says of that.");
    };
  }
}
