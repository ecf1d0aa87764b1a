/**
 * How a client comes to trust a fleet: notes, checkpoints, Merkle proofs, witness quorums, bundles,
 * trust policies. Pure functions over octets, but for the one class that reads trust policies from
 * files; no network, no clock, no randomness of its own.
 */
module dev.coffer.transparency {
  requires transitive dev.coffer.protocol;

  exports dev.coffer.transparency.bundle;
  exports dev.coffer.transparency.note;
  exports dev.coffer.transparency.plexi;
  exports dev.coffer.transparency.text;
  exports dev.coffer.transparency.tlog;
  exports dev.coffer.transparency.trust;
  exports dev.coffer.transparency.verify;
}
