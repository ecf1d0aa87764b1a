// Writes each TypeScript example of the README as a module of its own, for the compiler (tsconfig.readme.json).
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const client = new URL("../../", import.meta.url);
const folder = new URL("target/readme/", client);
const readme = readFileSync(new URL("README.md", client), "utf8");
const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)];

if (examples.length !== readme.split("```ts").length - 1 || examples.length === 0) {
  throw new Error("README.md: an example was not found, or has no end");
}
rmSync(folder, { recursive: true, force: true });
mkdirSync(fileURLToPath(folder), { recursive: true });
for (const [at, { 1: code, index }] of examples.entries()) {
  const line = readme.slice(0, index).split("\n").length;
  // On the same line as in the README, so that the compiler's complaint can be looked up.
  writeFileSync(new URL(`example-${at + 1}.ts`, folder), `${"\n".repeat(line)}${code}\nexport {};\n`);
}
