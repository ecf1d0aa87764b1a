package dev.coffer.analysis.world;

import dev.coffer.protocol.codec.Bytes;

/** What a user wants of the vault, and repeats until there is a verdict. */
sealed interface Wish {
  /** By what right a registration takes the place of another, or ends. */
  enum Right {
    NONE,
    OWNER,
    LOGIN
  }

  /**
   * To register a code.
   *
   * @param secret K, 32 octets, made for this wish alone: by its owner's key the world finds the
   *     registration again
   * @param owner the K of the live registration, where the right is the owner's
   */
  record Register(String code, Bytes secret, Right right, Bytes owner) implements Wish {}

  /** To have K back. */
  record Recover(String code) implements Wish {}

  /**
   * To delete.
   *
   * @param owner the K of the live registration
   */
  record Forget(Bytes owner) implements Wish {}
}
