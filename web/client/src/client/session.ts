import { type Bytes, invariant } from "../codec/bytes.js";
import { tokenHash } from "../protocol/login.js";
import type { KsfParameters } from "../protocol/registration.js";
import type { Authorisation, Header, Request } from "../protocol/request.js";
import { loginAuthorisationText } from "../protocol/request.js";
import type { Subject } from "../protocol/subject.js";
import { stretchingSalt } from "../secret/key-schedule.js";
import type { Verified } from "./answer-verifier.js";
import type { BundleFetcher } from "./bundle-fetcher.js";
import { type CallContext, subjectAt } from "./context.js";
import type { TrustedFleet } from "./fleet-trust.js";
import type { Memory } from "./memory.js";
import { type OpenRequest, openRequest } from "./open-request.js";
import type { Replies, VaultTransport } from "./ports.js";
import { repeat } from "./reasons.js";
import { byLogin, exchangeRequest } from "./request-sender.js";

/** One call on one slot with a fleet that has just passed the verification. */
export class Session {
  readonly subject: Subject;

  constructor(
    readonly context: CallContext,
    readonly trusted: TrustedFleet,
    readonly fetcher: BundleFetcher,
    readonly way: VaultTransport,
  ) {
    this.subject = subjectAt(context, trusted.fleet.id);
  }

  get memory(): Memory {
    return this.context.memory;
  }

  get hsms(): number {
    return this.trusted.fleet.settings.n;
  }

  /** A new request that names the newest k this device has verified. */
  async open<R extends Request>(rest: (header: Header) => R): Promise<OpenRequest<R>> {
    const { k } = await this.fetcher.newest(this.trusted);
    return openRequest(this.context.randomness, this.trusted.fleet, this.subject, k, rest);
  }

  exchange(open: OpenRequest, replies: Replies): Promise<Verified> {
    return exchangeRequest(this.context, this.way, this.trusted, open, replies);
  }

  /** Stretches the OPRF's output; the caller wipes the result. A device that cannot says nothing about the code. */
  async stretch(output: Bytes, ksf: KsfParameters): Promise<Bytes> {
    const { stretching, signal, onProgress } = this.context;
    let stretched: Bytes;
    try {
      onProgress({ step: "stretching", fraction: 0 });
      const told = (fraction: number) => onProgress({ step: "stretching", fraction });
      stretched = await stretching(output, stretchingSalt(this.subject), ksf, signal, told);
    } catch {
      throw repeat(signal?.aborted ? "interrupted" : "stretching");
    }
    invariant(stretched.length === 64, "a stretched code has 64 octets");
    return stretched;
  }

  /** The login's authorisation of this request's content, which every HSM checks. */
  async loginWord(request: Request): Promise<Authorisation> {
    const { login } = this.context;
    const token = await byLogin(() => login.token(this.subject.fleetId, false));
    const text = loginAuthorisationText(request, tokenHash(token));
    return { kind: "login", token, deviceSignature: await byLogin(() => login.sign(text)) };
  }
}
