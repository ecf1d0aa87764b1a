/**
 * The core's ports on a TPM 2.0. Depends on {@code hsm-process}. Start at {@link
 * dev.coffer.hsm.tpm.TpmPlatform}, then {@link dev.coffer.hsm.tpm.AnchoredMemory}; {@link
 * dev.coffer.hsm.tpm.Tpm} is the codec of the commands.
 */
package dev.coffer.hsm.tpm;
