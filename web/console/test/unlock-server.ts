import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf } from "../../client/test/browser/site.js";
import { MapUnlocks } from "../../client/test/passkey/map-unlocks.js";

/** An app's server that keeps unlock files of passkeys. */
export class UnlockServer {
  readonly unlocks = new MapUnlocks();
  readonly serve = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { unlocks } = this;
    const name = (request.url ?? "").slice("/app/".length);
    if (!request.url?.startsWith("/app/unlock/")) {
      return false;
    }
    const body = new Uint8Array(await bodyOf(request));
    if (name === "unlock/") {
      response.writeHead(200).end(JSON.stringify([...unlocks.objects.keys()]));
    } else if (request.method === "GET") {
      const found = await unlocks.get(name);
      response.writeHead(found === undefined ? 404 : 200).end(found);
    } else if (request.method === "POST") {
      response.writeHead((await unlocks.add(name, body)) ? 201 : 409).end();
    } else {
      await (request.method === "PUT" ? unlocks.put(name, body) : unlocks.remove(name));
      response.writeHead(204).end();
    }
    return true;
  };
}
