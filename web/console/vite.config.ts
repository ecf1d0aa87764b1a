import { fileURLToPath } from "node:url";

const client = (path: string) => fileURLToPath(new URL(`../client/src/${path}`, import.meta.url));

/** One folder of static files with relative links; the client is built in, from its sources. */
export default {
  base: "./",
  resolve: {
    alias: [
      { find: /^@coffer\/client$/, replacement: client("index.ts") },
      { find: /^@coffer\/client\/development$/, replacement: client("development/issuer.ts") },
      { find: /^@coffer\/client\/passkey$/, replacement: client("passkey/index.ts") },
    ],
  },
  worker: { format: "es" as const },
  build: {
    target: "es2022",
    modulePreload: false as const,
    assetsInlineLimit: 0,
    license: { fileName: "licenses.md" },
  },
  test: { include: ["test/**/*.test.ts"], testTimeout: 120_000, pool: "threads" as const },
};
