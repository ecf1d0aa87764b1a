import { type Bytes, utf8, wipe } from "../codec/bytes.js";
import { sha256 } from "../crypto/hash.js";
import type { Randomness } from "../crypto/hpke.js";

/**
 * WebAuthn, as far as a passkey's secret is concerned: its PRF at one fixed input. Nothing of a ceremony is sent to
 * anybody, and no answer is verified as a login would be: what proves a passkey here is that its output opens a seal.
 */

/** The platform's `navigator.credentials`. */
export type Credentials = Pick<CredentialsContainer, "create" | "get">;

/** Why a ceremony gave nothing. */
export type Failure =
  /** By the user, by time, or because nothing fitted: browsers do not tell which. */
  | "cancelled"
  /** One of the passkeys that were excluded lies there. */
  | "made-before"
  /** The page's origin may not use the domain. */
  | "wrong-domain"
  /** No authenticator here that keeps a passkey and asks who its user is. */
  | "unsuitable"
  | "failed";

export class CeremonyFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`the ceremony ended: ${failure}`);
    this.name = "CeremonyFailed";
    this.failure = failure;
  }
}

const FAILURES: ReadonlyMap<string, Failure> = new Map([
  ["NotAllowedError", "cancelled"],
  ["AbortError", "cancelled"],
  ["SecurityError", "wrong-domain"],
  ["NotSupportedError", "unsuitable"],
  ["ConstraintError", "unsuitable"],
]);

/** What a ceremony told. */
export interface Reading {
  readonly credentialId: Bytes;
  /** None from an authenticator that does not keep it. */
  readonly userHandle: Bytes | undefined;
  /** Whether the authenticator has made sure that this is its user, by PIN, finger or face. */
  readonly verified: boolean;
  /** Whether the passkey's provider may bring it to other devices. */
  readonly synced: boolean;
  readonly transports: readonly string[];
  /** Whether outputs are to be had, as far as a creation tells. */
  readonly capable: boolean;
  /** 32 octets of the PRF, which the caller wipes; none where there is no PRF, or not now. */
  readonly output: Bytes | undefined;
}

/** A new passkey. */
export interface Wish {
  readonly rp: { readonly id: string; readonly name: string };
  readonly userHandle: Bytes;
  readonly userName: string;
  /** The passkeys that are there already, so that none is made twice in one place. */
  readonly known: readonly Descriptor[];
}

export interface Descriptor {
  readonly credentialId: Bytes;
  readonly transports: readonly string[];
}

const USER_PRESENT_AND_VERIFIED = 0x05;
const BACKUP_ELIGIBLE = 0x08;
const FLAGS_AT = 32;
/** What may be kept of what an authenticator says of itself. */
const TRANSPORTS = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];
const CEREMONY_MILLIS = 120_000;

/** The same for everybody: what the outputs are bound to stands in the key that is derived from them. */
const PRF_INPUT = sha256(utf8("coffer/prf/v1"));

/**
 * One input for all credentials, under `eval`: there are providers that answer `evalByCredential` with nothing. It is
 * given at creation, too, without which some platforms make a passkey that has no PRF.
 */
function extensions(): AuthenticationExtensionsClientInputs {
  return { prf: { eval: { first: PRF_INPUT.slice() } } };
}

function described(known: readonly Descriptor[]): PublicKeyCredentialDescriptor[] {
  return known.map(({ credentialId, transports }) => ({
    type: "public-key",
    id: credentialId,
    ...(transports.length === 0 ? {} : { transports: transports as AuthenticatorTransport[] }),
  }));
}

/** A copy. */
function octets(source: BufferSource): Bytes {
  return source instanceof ArrayBuffer
    ? new Uint8Array(source.slice(0))
    : new Uint8Array(source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength) as ArrayBuffer);
}

/** What the PRF gave. Empty is none, and so is anything that is not 32 octets. */
function outputOf(credential: PublicKeyCredential): Bytes | undefined {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) {
    return undefined;
  }
  const output = octets(first);
  // As far as the platform lets the page at its own copy.
  wipe(
    ArrayBuffer.isView(first)
      ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength)
      : new Uint8Array(first),
  );
  if (output.length === 32) {
    return output;
  }
  wipe(output);
  return undefined;
}

function reading(credential: PublicKeyCredential, authenticatorData: ArrayBuffer, more: Partial<Reading>): Reading {
  const flags = new Uint8Array(authenticatorData)[FLAGS_AT] ?? 0;
  const output = outputOf(credential);
  return {
    credentialId: octets(credential.rawId),
    userHandle: undefined,
    verified: (flags & USER_PRESENT_AND_VERIFIED) === USER_PRESENT_AND_VERIFIED,
    synced: (flags & BACKUP_ELIGIBLE) !== 0,
    transports: [],
    capable: output !== undefined || credential.getClientExtensionResults().prf?.enabled === true,
    output,
    ...more,
  };
}

/** Runs a ceremony; throws {@link CeremonyFailed} for whatever a platform or a user may do. */
async function ceremony(begin: () => Promise<Credential | null>, invalidState: Failure): Promise<PublicKeyCredential> {
  let credential: Credential | null;
  try {
    credential = await begin();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    throw new CeremonyFailed(name === "InvalidStateError" ? invalidState : (FAILURES.get(name) ?? "failed"));
  }
  if (credential?.type !== "public-key") {
    throw new CeremonyFailed("failed");
  }
  return credential as PublicKeyCredential;
}

function signalled(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** Makes a passkey that asks for its user every time, and reads its output if it can be read at once. */
export async function createPasskey(
  credentials: Credentials,
  randomness: Randomness,
  { rp, userHandle, userName, known }: Wish,
  signal?: AbortSignal,
): Promise<Reading> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    rp,
    user: { id: userHandle, name: userName, displayName: userName },
    challenge: randomness(32),
    pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "none",
    excludeCredentials: described(known),
    timeout: CEREMONY_MILLIS,
    extensions: extensions(),
  };
  const made = await ceremony(() => credentials.create({ publicKey, ...signalled(signal) }), "made-before");
  const response = made.response as AuthenticatorAttestationResponse;
  return reading(made, response.getAuthenticatorData(), {
    transports: (response.getTransports?.() ?? []).filter((one) => TRANSPORTS.includes(one)),
  });
}

/** Asks for one of these passkeys, and reads its output. */
export async function readPasskey(
  credentials: Credentials,
  randomness: Randomness,
  rpId: string,
  known: readonly Descriptor[],
  signal?: AbortSignal,
): Promise<Reading> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    rpId,
    challenge: randomness(32),
    allowCredentials: described(known),
    userVerification: "required",
    timeout: CEREMONY_MILLIS,
    extensions: extensions(),
  };
  const got = await ceremony(() => credentials.get({ publicKey, ...signalled(signal) }), "failed");
  const response = got.response as AuthenticatorAssertionResponse;
  const handle = response.userHandle;
  return reading(got, response.authenticatorData, { userHandle: handle === null ? undefined : octets(handle) });
}

/** Tells the passkey's provider, where it listens, that this one opens nothing: it may take it off the user's list. */
export async function tellUseless(rpId: string, credentialId: Bytes): Promise<void> {
  const base64 = btoa(String.fromCharCode(...credentialId));
  const id = base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  try {
    await globalThis.PublicKeyCredential?.signalUnknownCredential?.({ rpId, credentialId: id });
  } catch {
    // Housekeeping: what is left there opens nothing.
  }
}
