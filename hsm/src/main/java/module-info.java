/**
 * The trusted core: a tiny deterministic program in a process of its own. Depends on {@code
 * protocol} and {@code java.base} alone; no network, no clock, no other program.
 */
module dev.coffer.hsm {
  requires transitive dev.coffer.protocol;

  exports dev.coffer.hsm;
  exports dev.coffer.hsm.platform;
}
