/**
 * Over-the-air trust of a vault on this machine: keys of all parties, their processes, and the
 * publishing of bundles. On a real vault each party is somebody else; here one directory stands for
 * all of them, for development. Start at {@link dev.coffer.cli.trust.VaultHome}.
 */
package dev.coffer.cli.trust;
