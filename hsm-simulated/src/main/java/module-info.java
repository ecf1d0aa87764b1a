/**
 * A SIMULATED HSM: the trusted core on files of its host, in a process of its own that answers
 * frames. Protects nothing against its host. What it adds to the core stays out of the core, so
 * that nothing simulated can be linked into real hardware by accident.
 */
module dev.coffer.hsm.simulated {
  requires dev.coffer.files;
  requires dev.coffer.hsm.process;

  exports dev.coffer.hsm.simulated;
}
