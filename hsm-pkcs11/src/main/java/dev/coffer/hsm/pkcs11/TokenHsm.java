package dev.coffer.hsm.pkcs11;

import dev.coffer.hsm.process.HsmProgram;

/** {@code coffer-hsm-pkcs11 --home DIR --socket PATH}: one HSM on a token ({@link HsmProgram}). */
public final class TokenHsm {
  private TokenHsm() {}

  /** Runs until the host goes away. */
  public static void main(String[] arguments) {
    HsmProgram.ofThisProcess("coffer-hsm-pkcs11", TokenPlatform::open).run(arguments);
  }
}
