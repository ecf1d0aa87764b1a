import { type Bytes, hex, invariant } from "../codec/bytes.js";
import { Limits } from "../codec/limits.js";
import type { Replies, Sent, VaultTransport } from "./ports.js";
import { RetryPolicy } from "./retry-policy.js";

/** HTTPS by the platform's `fetch` (PROTOCOL.md §8). Never follows a redirection, sends no cookies. */

const PROBLEM_MAX = 4096;
const ADDRESS_MAX = 1500;
const ENDPOINTS_MAX = 7;
const AFTER_MAX_MILLIS = 300_000;
const REFUSALS = [400, 403, 404, 405, 411, 413, 415, 421];

/** Where the transport's `fetch` comes from; the platform's if left out. */
export interface HttpsTransportOptions {
  readonly fetch?: typeof fetch;
  readonly requestMillis?: number;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

/** One to seven addresses, separated by single spaces; nothing if they are not as they should be. */
function parseAddresses(line: string): URL[] | undefined {
  const words = line.split(" ");
  const urls = words.map((word) => (URL.canParse(word) ? new URL(word) : undefined));
  const sound = urls.filter((url) => url?.protocol === "https:" && url.username === "" && url.password === "");
  return words.length <= ENDPOINTS_MAX && sound.length === words.length ? (sound as URL[]) : undefined;
}

/** The addresses of a fleet in the answer to `GET /v1/fleets` (PROTOCOL.md §8.3). */
export function directoryAddresses(body: Uint8Array, fleetId: Bytes): URL[] | undefined {
  const text = Array.from(body, (octet) => String.fromCharCode(octet)).join("");
  const prefix = `${hex(fleetId)} `;
  const line = text.split("\n").find((one) => one.startsWith(prefix));
  return line === undefined ? undefined : parseAddresses(line.slice(prefix.length));
}

/** At most `max` octets; nothing if there are more. */
async function readBody(response: Response, max: number): Promise<Bytes | undefined> {
  const reader = response.body?.getReader();
  const octets = new Uint8Array(max);
  let size = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (chunk === undefined || chunk.done) {
      return octets.slice(0, size);
    }
    if (size + chunk.value.length > max) {
      await reader?.cancel();
      return undefined;
    }
    octets.set(chunk.value, size);
    size += chunk.value.length;
  }
}

function retryAfterMillis(response: Response): number {
  const header = response.headers.get("Retry-After") ?? "";
  return /^[0-9]{1,6}$/.test(header) ? Math.min(Number(header) * 1000, AFTER_MAX_MILLIS) : 1000;
}

class HttpsTransport implements VaultTransport {
  readonly #endpoints: readonly URL[];
  readonly #options: HttpsTransportOptions;
  readonly #insisting: boolean;

  constructor(endpoints: readonly URL[], options: HttpsTransportOptions, insisting: boolean) {
    this.#endpoints = endpoints;
    this.#options = options;
    this.#insisting = insisting;
  }

  post(message: Bytes, admitting: number, replies: Replies, turn: number, signal?: AbortSignal): Promise<Sent> {
    // The admitting HSM's own node first; in a later round its neighbour, which forwards.
    const place = admitting - 1 + Math.floor(turn / this.#endpoints.length);
    const headers: Record<string, string> = { "Content-Type": "application/octet-stream", "Coffer-Replies": replies };
    if (this.#insisting) {
      headers["Coffer-Insist"] = "yes";
    }
    return this.#exchange(place, "v1/vault", { method: "POST", body: message, headers }, Limits.ANSWER_MAX, signal);
  }

  bundle(turn: number, signal?: AbortSignal): Promise<Sent> {
    return this.#exchange(turn, "v1/bundle", {}, Limits.BUNDLE_MAX, signal);
  }

  async toward(fleetId: Bytes, turn: number, signal?: AbortSignal): Promise<VaultTransport | undefined> {
    const sent = await this.#exchange(turn, "v1/fleets", {}, Limits.FLEETS_MAX, signal);
    return sent.kind === "answered" ? this.#to(directoryAddresses(sent.body, fleetId)) : undefined;
  }

  address(): string | undefined {
    const text = this.#endpoints.map((url) => url.href.replace(/\/$/, "")).join(" ");
    return text.length <= ADDRESS_MAX ? text : undefined;
  }

  at(address: string): VaultTransport | undefined {
    return this.#to(parseAddresses(address));
  }

  insisting(): VaultTransport {
    return new HttpsTransport(this.#endpoints, this.#options, true);
  }

  #to(endpoints: readonly URL[] | undefined): VaultTransport | undefined {
    return endpoints && new HttpsTransport(endpoints, this.#options, false);
  }

  async #exchange(place: number, path: string, init: RequestInit, max: number, signal?: AbortSignal): Promise<Sent> {
    const base = this.#endpoints[place % this.#endpoints.length] as URL;
    const { fetch: send = fetch, requestMillis = RetryPolicy.requestMillis } = this.#options;
    const limit = AbortSignal.timeout(requestMillis);
    try {
      const response = await send(new URL(path, base), {
        ...init,
        redirect: "error",
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
      if (response.status === 200) {
        const body = await readBody(response, max);
        return body === undefined ? { kind: "unreachable" } : { kind: "answered", body };
      }
      return await failed(response);
    } catch {
      return { kind: "unreachable" };
    }
  }
}

async function failed(response: Response): Promise<Sent> {
  const { status } = response;
  if (status === 401) {
    const problem = await readBody(response, PROBLEM_MAX);
    const expired = new TextDecoder().decode(problem ?? new Uint8Array(0)).includes('"LOGIN_EXPIRED"');
    return { kind: expired ? "login-expired" : "login-invalid" };
  }
  // Nothing more is read: a 410 brings its bundle along, which whoever hears of a move fetches and has verified.
  await response.body?.cancel();
  if (status === 410) {
    return { kind: "moved" };
  }
  return REFUSALS.includes(status) ? { kind: "refused" } : { kind: "later", afterMillis: retryAfterMillis(response) };
}

/**
 * The way to a fleet's nodes.
 *
 * @param endpoints base addresses, `https://host[:port]`; if HSM i's node stands at place i, messages travel without
 *   forwarding. `http` is for this very machine alone, as of a development server in front of a local fleet
 */
export function httpsTransport(endpoints: readonly string[], options: HttpsTransportOptions = {}): VaultTransport {
  const urls = endpoints.map((endpoint) => new URL(endpoint.endsWith("/") ? endpoint : `${endpoint}/`));
  invariant(urls.length > 0, "a vault has at least one address");
  const sound = urls.every((url) => url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url)));
  invariant(sound, "a vault's address begins with https");
  return new HttpsTransport(urls, options, false);
}
