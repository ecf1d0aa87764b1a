/**
 * What anybody can check of how a fleet was deployed: a directory with what its ceremony left, a
 * signed manifest of it, and the claims that follow. It reads files alone: no network, no clock, no
 * secret.
 */
module dev.coffer.evidence {
  requires transitive dev.coffer.ceremony;
  requires transitive dev.coffer.protocol;
  requires transitive dev.coffer.transparency;
  requires dev.coffer.attestation;
  requires dev.coffer.files;

  exports dev.coffer.evidence;
  exports dev.coffer.evidence.site;
}
