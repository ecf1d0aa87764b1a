/**
 * An HSM whose keys a TPM 2.0 seals to the state its host started in, and whose memory a counter in
 * the TPM keeps from going back. Keeps its keys from who copies the host's disk, not from root on
 * the running host.
 */
module dev.coffer.hsm.tpm {
  requires dev.coffer.files;
  requires dev.coffer.hsm.process;

  exports dev.coffer.hsm.tpm;
}
