import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bodyOf } from "../../client/test/browser/site.js";

const PREFIX = "/app/backups/";

/** An app's server that keeps one user's backups in a folder, as README.md says. */
export class BackupServer {
  readonly folder = mkdtempSync(join(tmpdir(), "coffer-backups-"));
  /** What it answers in place of what was asked, where it does. */
  status: (method: string, name: string) => number | undefined = () => undefined;
  readonly asked: string[] = [];

  /** The names of all objects below a folder. */
  names(prefix = ""): string[] {
    const root = join(this.folder, prefix);
    const below = existsSync(root) ? readdirSync(root, { recursive: true, encoding: "utf8" }) : [];
    return below.filter((name) => statSync(join(root, name)).isFile()).map((name) => prefix + name);
  }

  async #put(name: string, body: Buffer): Promise<void> {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    const part = await open(`${file}.part`, "w");
    await part.writeFile(body);
    await part.sync();
    await part.close();
    renameSync(`${file}.part`, file);
  }

  readonly serve = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { url = "", method = "GET" } = request;
    if (!url.startsWith(PREFIX)) {
      return false;
    }
    const name = decodeURIComponent(url.slice(PREFIX.length));
    this.asked.push(`${method} ${name}`);
    const body = await bodyOf(request);
    const status = this.status(method, name);
    if (status !== undefined) {
      response.writeHead(status).end();
    } else if (method === "PUT") {
      await this.#put(name, body);
      response.writeHead(204).end();
    } else if (name.endsWith("/")) {
      const list = this.names(name).map((one) => ({ name: one, size: statSync(join(this.folder, one)).size }));
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(list));
    } else {
      const there = existsSync(join(this.folder, name));
      response.writeHead(there ? 200 : 404).end(there ? readFileSync(join(this.folder, name)) : "");
    }
    return true;
  };

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
