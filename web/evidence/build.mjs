import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Where Java takes the script from that it puts on every site. */
export const RESOURCES = fileURLToPath(
  new URL("../../evidence/src/main/resources/dev/coffer/evidence/site", import.meta.url),
);

/**
 * Builds the script and the notices of what it is made of into a folder.
 *
 * @param {string} outDir
 */
export async function buildInto(outDir) {
  const root = fileURLToPath(new URL(".", import.meta.url));
  await build({ root, logLevel: "warn", build: { outDir, emptyOutDir: false } });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildInto(RESOURCES);
}
