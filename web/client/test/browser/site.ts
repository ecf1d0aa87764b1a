import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build } from "vite";
import type { MiniFleet } from "../fleet/mini-fleet.js";

export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; base-uri 'none'; form-action 'none'";
/** As the README says: a page that asks for trusted types starts the worker itself. */
export const TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types worker";
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

/** What an app's server does besides handing out its page; whether it knew the address. */
export type AppServer = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

function listening(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer(handler);
    server.listen(0, "localhost", () => resolve(server));
  });
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

/** A page as an app serves it, a node on another origin, and a browser. */
export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), "coffer-page-"));
  /** What the page complained of. */
  readonly complaints: string[] = [];
  readonly #fleet: MiniFleet;
  readonly #app: AppServer;
  readonly #policy: string;
  #pages: Server | undefined;
  #node: Server | undefined;
  #browser: Browser | undefined;

  /** @param more what the page's policy asks for besides */
  constructor(fleet: MiniFleet, app: AppServer = async () => false, more = "") {
    this.#fleet = fleet;
    this.#app = app;
    this.#policy = POLICY + more;
  }

  /** Builds the page in that folder. */
  async build(root: string): Promise<void> {
    await build({
      root,
      base: "./",
      logLevel: "silent",
      worker: { format: "es" },
      build: { outDir: this.folder, emptyOutDir: true },
    });
  }

  /** Serves it, and the node. */
  async serve(): Promise<void> {
    this.#node = await listening((request, response) => void this.#serveNode(request, response));
    this.#pages = await listening((request, response) => void this.#servePage(request, response));
  }

  /** Opens it, and serves it if it is not served yet. */
  async open(): Promise<Page> {
    if (this.#pages === undefined) {
      await this.serve();
    }
    this.#browser = await chromium.launch({ executablePath: CHROMIUM as string, args: ["--no-sandbox"] });
    return this.openFresh();
  }

  /** Opens it once more, in a profile that knows nothing. */
  async openFresh(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (this.#browser as Browser).newPage(options);
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("503")) {
        this.complaints.push(message.text());
      }
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    await page.goto(this.origin);
    return page;
  }

  get origin(): string {
    return address(this.#pages as Server);
  }

  get node(): string {
    return address(this.#node as Server);
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.#pages?.close();
    this.#node?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The built page, under a policy that lets nothing in but itself. */
  async #servePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await this.#app(request, response)) {
      return;
    }
    const path = normalize(request.url === "/" ? "/index.html" : (request.url ?? "/"));
    const file = join(this.folder, path);
    const found = existsSync(file) && TYPES[extname(file)] !== undefined;
    response.writeHead(found ? 200 : 404, {
      "Content-Type": TYPES[extname(file)] ?? "text/plain",
      "Content-Security-Policy": `${this.#policy}; connect-src 'self' ${this.node}`,
    });
    response.end(found ? readFileSync(file) : "");
  }

  /** What a node's server does, from another origin. */
  async #serveNode(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("Access-Control-Allow-Origin", this.origin);
    response.setHeader("Access-Control-Allow-Headers", "Content-Type, Coffer-Replies, Coffer-Insist");
    response.setHeader("Access-Control-Expose-Headers", "Retry-After");
    if (request.method === "OPTIONS") {
      response.writeHead(204).end();
      return;
    }
    if (request.url === "/v1/bundle") {
      response.writeHead(200).end(this.#fleet.delivery());
      return;
    }
    const message = new Uint8Array(await bodyOf(request));
    const sent = await this.#fleet.post(message, String(request.headers["coffer-replies"]));
    response.writeHead(sent.kind === "answered" ? 200 : 503, { "Retry-After": "1" });
    response.end(sent.kind === "answered" ? sent.body : undefined);
  }
}

function address(server: Server): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}
