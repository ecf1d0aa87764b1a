/** A TPM that a test can start, cut off, extend, clear and put back. Start at {@code Swtpm}. */
package dev.coffer.hsm.tpm.harness;
