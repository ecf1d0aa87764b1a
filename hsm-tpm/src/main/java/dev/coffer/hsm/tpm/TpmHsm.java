package dev.coffer.hsm.tpm;

import dev.coffer.hsm.process.HsmProgram;

/** {@code coffer-hsm-tpm --home DIR --socket PATH}: one HSM on a TPM ({@link HsmProgram}). */
public final class TpmHsm {
  private TpmHsm() {}

  /** Runs until the host goes away. */
  public static void main(String[] arguments) {
    HsmProgram.ofThisProcess("coffer-hsm-tpm", TpmPlatform::open).run(arguments);
  }
}
