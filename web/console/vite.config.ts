import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fold } from "./fold.mjs";

const client = (path: string) => fileURLToPath(new URL(`../client/src/${path}`, import.meta.url));

const FOLDED = "?folded";

/** The Java client's list of common codes, as a script of its own, and the notice that goes with it. */
const commonCodes = {
  name: "common-codes",
  // Before Vite makes it an address.
  enforce: "pre" as const,
  load: (id: string) =>
    id.endsWith(FOLDED)
      ? `export default ${JSON.stringify(fold(readFileSync(id.slice(0, -FOLDED.length), "utf8")))}`
      : undefined,
  writeBundle: ({ dir = "" }) => {
    const notice = readFileSync(new URL("../../NOTICE", import.meta.url), "utf8");
    appendFileSync(join(dir, "licenses.md"), `\n## Coffer\n\n${notice}`);
  },
};

/** One folder of static files with relative links; the client is built in, from its sources. */
export default {
  base: "./",
  resolve: {
    alias: [
      { find: /^@coffer\/client$/, replacement: client("index.ts") },
      { find: /^@coffer\/client\/backup$/, replacement: client("backup/index.ts") },
      { find: /^@coffer\/client\/development$/, replacement: client("development/issuer.ts") },
      { find: /^@coffer\/client\/passkey$/, replacement: client("passkey/index.ts") },
    ],
  },
  plugins: [commonCodes],
  worker: { format: "es" as const },
  build: {
    target: "es2022",
    modulePreload: false as const,
    assetsInlineLimit: 0,
    license: { fileName: "licenses.md" },
  },
  test: { include: ["test/**/*.test.ts"], testTimeout: 600_000, pool: "threads" as const },
};
