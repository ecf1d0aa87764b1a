/** Why octets from outside were not accepted. The numbers are those of PROTOCOL.md, part II. */
export const RejectionCode = {
  TRUNCATED: 101,
  TRAILING: 102,
  OUT_OF_RANGE: 103,
  NOT_CANONICAL: 104,
  UNKNOWN_TAG: 105,
  BAD_TEXT: 106,
  BAD_ELEMENT: 111,
  BAD_CIPHERTEXT: 114,
  BAD_CERTIFICATE: 121,
  BAD_FOUNDING: 125,
} as const;

export type RejectionName = keyof typeof RejectionCode;

/** Octets from outside were not accepted, and nothing changed. Names the rule, never what was read. */
export class Rejected extends Error {
  readonly rejection: RejectionName;

  constructor(rejection: RejectionName, what: string) {
    super(`${RejectionCode[rejection]} ${rejection}: ${what}`);
    this.name = "Rejected";
    this.rejection = rejection;
  }
}

/** What `read` gives, or `undefined` where it rejects; every other error goes on. */
export function accepted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Rejected) {
      return undefined;
    }
    throw error;
  }
}
