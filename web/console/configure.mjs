import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Tells a built console which vault it is for: `console.json` beside the page, and the nodes in the page's policy. */

/**
 * @typedef {object} Settings what `console.json` holds: README.md
 * @property {string} vault
 * @property {string} [policy]
 * @property {string} [pin]
 * @property {string[]} nodes
 * @property {object} login
 * @property {string} [unlocks]
 * @property {string} [backups]
 * @property {boolean} [operations]
 */

/**
 * @param {string} home the folder of `coffer up --home`
 * @returns {Settings}
 */
export function settingsOfHome(home) {
  const properties = readFileSync(join(home, "fleet.properties"), "utf8");
  const line = properties.split(/\r?\n/).find((one) => one.startsWith("nodes="));
  if (line === undefined) {
    throw new Error(`${join(home, "fleet.properties")}: no line nodes=…: give the folder of coffer up --home`);
  }
  const key = (/** @type {string} */ name) => readFileSync(join(home, "issuer", name)).toString("hex");
  const policy = readFileSync(join(home, "trust", "trust-policy.note"), "utf8");
  const nodes = line.slice("nodes=".length).replaceAll("\\", "").split(" ");
  const development = { root: key("root.key"), issuer: key("issuer.key") };
  return { vault: "coffer up", policy, nodes, login: { development }, operations: true };
}

/**
 * @param {string} folder what `npm run build` wrote
 * @param {Settings} settings
 * @returns {string} the policy, for the server's header
 */
export function configure(folder, settings) {
  const page = join(folder, "index.html");
  const html = readFileSync(page, "utf8");
  const origins = settings.nodes.map((node) => new URL(node).origin);
  const written = html.replace(/connect-src 'self'[^";]*/, `connect-src ${["'self'", ...origins].join(" ")}`);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(written)?.[1];
  if (policy === undefined) {
    throw new Error(`${page}: no Content-Security-Policy in it: run npm run build`);
  }
  writeFileSync(page, written);
  writeFileSync(join(folder, "console.json"), `${JSON.stringify(settings, undefined, 2)}\n`);
  return `${policy}; frame-ancestors 'none'`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [from, folder = "dist"] = process.argv.slice(2);
  if (from === undefined || !existsSync(from)) {
    console.error("Usage: npm run configure -- <folder of coffer up, or a console.json> [built folder]");
    process.exitCode = 1;
  } else {
    const settings = statSync(from).isDirectory() ? settingsOfHome(from) : JSON.parse(readFileSync(from, "utf8"));
    console.log(`Content-Security-Policy: ${configure(folder, settings)}`);
  }
}
