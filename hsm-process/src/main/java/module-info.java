/**
 * What every HSM needs that is a process on a host, whatever protects its keys: the program's life,
 * frames on a socket, its folder, its memory in files. Adds nothing to what the core decides.
 */
module dev.coffer.hsm.process {
  requires transitive dev.coffer.hsm;
  requires dev.coffer.files;

  exports dev.coffer.hsm.process;
}
