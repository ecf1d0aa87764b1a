/**
 * Verifies what hardware says of a program that runs in it: documents of Nitro enclaves, reports of
 * SEV-SNP machines, quotes of TPMs. For auditors, notaries and founders of fleets.
 */
module dev.coffer.attestation {
  requires transitive dev.coffer.protocol;

  exports dev.coffer.attestation;
}
