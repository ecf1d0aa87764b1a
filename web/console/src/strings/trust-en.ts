import type { TrustStrings } from "./trust.js";

export const TRUST_EN: TrustStrings = {
  heading: "What this page verified of the vault",
  looking: "Verifying the vault",
  lead:
    "This page believes no server. It fetched the vault's description from its nodes and verified it here, as it does" +
    " before each use of your code. But who serves this page could serve another: so verify it with other programs, too.",
  leadFailed:
    "This page believes no server. It could not verify the vault's description, and so it does not use your code with" +
    " this vault. Verify it with other programs, too.",
  holds: "Every step holds: you are talking to the vault that everybody sees.",
  pinHolds: "This is the one fleet that this page is made for.",
  stopped: (step, meaning) => `Verification stopped at “${step}”. ${meaning}`,
  nothing: "Nothing could be verified.",
  stale: "Witnesses have not looked at the public log lately. If that goes on, the vault will be refused.",
  turnedAway: (count) => `Before this answer, ${count} did not hold. Tell the vault's operator.`,
  looked: (when) => `Verified on ${when}, by this device's clock.`,
  again: "Verify once more",
  steps: {
    heading: "The steps, in their order",
    passed: "holds",
    failed: "does not hold",
    unreached: "not looked at",
    names: {
      FORM: "Description, proof and policies can be read",
      TRUST_POLICY: "The roots decided whose keys count",
      OPERATOR_SIGNATURE: "The operator signed",
      NOTARY_SIGNATURE: "The notary signed",
      GRAMMAR: "The signed text has its one form",
      NAMED_POLICY: "It names the policy that was followed",
      LOG_SIGNATURE: "The public log signed its checkpoint",
      WITNESS_QUORUM: "Enough witnesses cosigned the checkpoint",
      INCLUSION: "The description is in the log",
      NEWEST_LEAF: "It is the newest entry of the log",
      FRESHNESS: "Witnesses looked recently",
      VALIDITY: "It is valid today",
      MEMORY: "It is not older than what this device has seen",
      FLEET_HISTORY: "Fleets moved on as was announced",
      FLEET_STATE: "The fleet that answered is in use",
      PIN: "It is the fleet that this page is made for",
      CLIENT_FLOOR: "The fleet is not weaker than this page accepts",
      LISTED_KEYS: "The fleet that answered has exactly the listed keys",
    },
  },
  bundle: {
    heading: "The vault's description",
    namespace: "Vault",
    epoch: "Epoch",
    valid: "Valid",
    hash: "SHA-256 of the signed file",
    span: (from, until) => `${from} to ${until}`,
  },
  signed: {
    heading: "Who signed it",
    operator: "Operator",
    notary: "Notary, who is independent of the operator",
    policy: "Their keys count by trust policy",
    version: (version, threshold, roots) => `version ${version}, which ${threshold} of ${roots} roots sign`,
  },
  change: {
    heading: "What changed on the way here",
    first: "This device trusted no other description before, so there is nothing to compare.",
    damaged: "What this device kept of earlier descriptions cannot be read. It compares again from this one on.",
    none: (from) => `Nothing about fleets and keys, since epoch ${from}, which this device trusted before.`,
    some: (from) => `Since epoch ${from}, which this device trusted before, these lines went (-) and came (+):`,
  },
  log: {
    heading: "The public log and its witnesses",
    origin: "Log",
    size: "Entries",
    root: "Root of its tree",
    witnesses: "Witnesses",
    quorum: "A quorum had looked by",
    unseen: "has not cosigned this checkpoint",
    uncovered: "Not verified: the step before it did not hold.",
  },
  fleet: {
    heading: (id) => `Fleet ${id}`,
    state: "State",
    states: {
      announced: "announced: not in use yet",
      active: "in use",
      retiring: "retiring: it gives keys back and takes no new ones",
      revoked: "revoked: never to be used",
    },
    answered: "This fleet answered.",
    quorum: "Rules, frozen at its founding",
    settings: (n, q, limit) => `${n} HSMs, of which ${q} sign each answer; at most ${limit} guesses`,
    hsms: "HSMs, as they call themselves",
    hsm: (index, site) => `HSM ${index}${site === undefined ? "" : ` at ${site}`}: `,
    simulated: (count, all) =>
      `${count} of ${all} HSMs say SIMULATED: whoever runs their machines reads their memory. They protect nothing.`,
    models:
      "This page did not examine what makes an HSM one, its attestation: operator and notary signed its hash, and the" +
      " evidence holds it.",
    evidence: "Evidence, by the SHA-256 of its manifest",
    evidenceUnread: "named in what was signed; this page has not looked at it",
    pinned:
      "This page is made for one fleet, whose id is a hash over all of its keys and rules. Nobody has to sign it, no" +
      " log has to hold it, and no evidence is named.",
  },
  other: {
    heading: "Verify it again",
    save: "Save",
    lead: "Save these files to one folder. They are the octets that this page verified. Then run the commands there.",
    summary: "Verify this again with another tool",
    copy: "Copy",
    copied: "Copied.",
    expects: {
      verify: "The coffer command goes through the same steps. Its code is another program than this page's.",
      hash: "Prints the hash above. The next description of the vault will name it.",
      openssl: "OpenSSL answers “Signature Verified Successfully”. The key in it is the one of the trust policy.",
      spicy: "torchwood checks the log's signature and that the file is in the log.",
      "audit-log": "Walks all epochs of the log, and prints which keys came and went. Ask the notary for its address.",
      "audit-fleet":
        "Checks claim by claim how the fleet was founded. PACKAGE is the folder of its evidence: ask the operator.",
      manifest: "Prints the hash above.",
    },
  },
};
