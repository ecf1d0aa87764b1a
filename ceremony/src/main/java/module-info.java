/**
 * How a fleet is founded on machines that do not trust each other: the plan that all agree on
 * first, the files that its sites exchange, the transcript that people sign, and what anybody
 * checks of it later. It learns no secret. Reaches HSMs through {@code FoundingPort} alone.
 */
module dev.coffer.ceremony {
  requires transitive dev.coffer.files;
  requires transitive dev.coffer.protocol;
  requires dev.coffer.attestation;
  requires dev.coffer.transparency;

  exports dev.coffer.ceremony.plan;
  exports dev.coffer.ceremony.record;
  exports dev.coffer.ceremony.run;
}
