/**
 * An HSM whose sealing key a PKCS#11 token made and never lets out. Keeps its keys from who copies
 * the host's disk, not from root on the running host.
 */
module dev.coffer.hsm.pkcs11 {
  requires dev.coffer.files;
  requires dev.coffer.hsm.process;
  requires dev.coffer.pkcs11;

  exports dev.coffer.hsm.pkcs11;
}
