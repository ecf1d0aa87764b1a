/**
 * Verifiers of hardware's word. Depends on {@code protocol} and the JDK's signatures. Start at
 * {@link dev.coffer.attestation.NitroDocument}, {@link dev.coffer.attestation.SnpReport} or {@link
 * dev.coffer.attestation.TpmEvidence}.
 */
package dev.coffer.attestation;
