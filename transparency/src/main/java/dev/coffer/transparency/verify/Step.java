package dev.coffer.transparency.verify;

/** The steps of a verification, in their order. The first that fails is the answer. */
public enum Step {
  /** Sizes and form of all that was delivered. */
  FORM,
  /** The chain of trust policies, from the compiled-in one. */
  TRUST_POLICY,
  /** The operator's signature on the whole note. */
  OPERATOR_SIGNATURE,
  /** The notary's signature inside it. */
  NOTARY_SIGNATURE,
  /** The bundle's grammar and namespace. */
  GRAMMAR,
  /** The bundle names the end of the policy chain. */
  NAMED_POLICY,
  /** The log's signature on the checkpoint. */
  LOG_SIGNATURE,
  /** Cosignatures of enough distinct witnesses. */
  WITNESS_QUORUM,
  /** The bundle is a leaf of the log. */
  INCLUSION,
  /** It is the newest one. */
  NEWEST_LEAF,
  /** The quorum's time is recent and not in the future. */
  FRESHNESS,
  /** The bundle's own not-before and not-after. */
  VALIDITY,
  /** Nothing older than, and nothing at odds with, what this device has seen. */
  MEMORY,
  /** No fleet's state moved back, none skipped its announcement. */
  FLEET_HISTORY,
  /** The fleet that answered may be used for this. */
  FLEET_STATE,
  /** The fleet is the one compiled in. Only for apps that pin. */
  PIN,
  /** What the app accepts of any fleet, compiled in. */
  CLIENT_FLOOR,
  /** Every key and setting of the fleet that answered is listed. */
  LISTED_KEYS
}
