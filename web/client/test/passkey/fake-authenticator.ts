import { type Bytes, equal, hex } from "../../src/codec/bytes.js";
import { sha256 } from "../../src/crypto/hash.js";
import type { Credentials } from "../../src/passkey/index.js";

interface Held {
  readonly id: Bytes;
  readonly userHandle: Bytes;
  readonly rpId: string;
  seed: Bytes;
}

function random(size: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(size));
}

function octets(source: BufferSource | undefined): Bytes {
  return source === undefined ? new Uint8Array(0) : new Uint8Array(source as Bytes);
}

function failing(name: string): never {
  throw new DOMException("of an authenticator", name);
}

/** A platform with one authenticator, as odd as a test wants it. */
export class FakeAuthenticator implements Credentials {
  readonly held: Held[] = [];
  /** Every output that was given to the page. */
  readonly outputs: Bytes[] = [];
  /** What pages asked with, in the clear. */
  readonly asked: (CredentialCreationOptions | CredentialRequestOptions)[] = [];
  creations = 0;
  readings = 0;
  /** Whether it has a PRF, and when it gives outputs. */
  prf: "at-both" | "at-get" | "none" = "at-both";
  verified = true;
  synced = false;
  /** Whether a passkey asks its user's handle back; some do not. */
  tellsHandle = true;
  /** What becomes of the reading with that number, counted from 1. */
  reading: (number: number) => "output" | "empty" | "short" | "another" | "nothing" | { readonly error: string } = () =>
    "output";
  creation: "made" | { readonly error: string } = "made";

  async create(options?: CredentialCreationOptions): Promise<Credential> {
    this.asked.push(options as CredentialCreationOptions);
    this.creations++;
    if (this.creation !== "made") {
      failing(this.creation.error);
    }
    const wish = (options as CredentialCreationOptions).publicKey as PublicKeyCredentialCreationOptions;
    const excluded = (wish.excludeCredentials ?? []).map(({ id }) => octets(id));
    if (this.held.some(({ id }) => excluded.some((one) => equal(one, id)))) {
      failing("InvalidStateError");
    }
    const made = { id: random(20), userHandle: octets(wish.user.id), rpId: wish.rp.id as string, seed: random(32) };
    this.held.push(made);
    const prf: AuthenticationExtensionsPRFOutputs = { enabled: this.prf !== "none" };
    if (this.prf === "at-both") {
      prf.results = { first: this.#output(made, wish) };
    }
    const response = { getAuthenticatorData: () => this.#data(), getTransports: () => ["internal", "odd,one"] };
    return this.#credential(made, response, prf);
  }

  async get(options?: CredentialRequestOptions): Promise<Credential> {
    this.asked.push(options as CredentialRequestOptions);
    this.readings++;
    const wish = (options as CredentialRequestOptions).publicKey as PublicKeyCredentialRequestOptions;
    const how = this.reading(this.readings);
    if (typeof how === "object") {
      failing(how.error);
    }
    const allowed = (wish.allowCredentials ?? []).map(({ id }) => octets(id));
    const found = this.held.find(({ id, rpId }) => rpId === wish.rpId && allowed.some((one) => equal(one, id)));
    if (found === undefined) {
      failing("NotAllowedError");
    }
    const output = this.#output(found, wish);
    const first = { output, empty: new ArrayBuffer(0), short: new Uint8Array(16), another: random(32) };
    const prf = this.prf === "none" || how === "nothing" ? undefined : { results: { first: first[how] } };
    const response = { authenticatorData: this.#data(), userHandle: this.tellsHandle ? found.userHandle.buffer : null };
    return this.#credential(found, response, prf);
  }

  /** The same passkey on another device: what a provider brings along, with its secret or without. */
  copied(withSecret: boolean): FakeAuthenticator {
    const other = new FakeAuthenticator();
    other.held.push(...this.held.map((one) => ({ ...one, seed: withSecret ? one.seed : random(32) })));
    other.prf = withSecret ? this.prf : "none";
    return other;
  }

  #output({ seed }: Held, { extensions }: { extensions?: AuthenticationExtensionsClientInputs }): Bytes {
    const output = sha256(seed, octets(extensions?.prf?.eval?.first));
    this.outputs.push(output.slice());
    return output;
  }

  #data(): ArrayBuffer {
    const flags = 0x01 | (this.verified ? 0x04 : 0) | (this.synced ? 0x18 : 0);
    return new Uint8Array([...random(32), flags, 0, 0, 0, 1]).buffer;
  }

  #credential({ id }: Held, response: object, prf: AuthenticationExtensionsPRFOutputs | undefined): Credential {
    const results = prf === undefined ? {} : { prf };
    return {
      id: hex(id),
      rawId: id.slice().buffer,
      type: "public-key",
      response,
      getClientExtensionResults: () => results,
    } as unknown as Credential;
  }
}
