import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { parseFeed } from "@rowanmanning/feed-parser";
import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildInto, RESOURCES } from "../build.mjs";
import { type Kind, launch, type Opened, open, program, serve, type Theme } from "./browsers.js";

/** What evidence's SiteTest wrote: a demonstration, a fleet on TPMs, and their log. */
const SAMPLE = fileURLToPath(new URL("../../../evidence/target/sample-site", import.meta.url));
/** The day on which the sample was published. */
const PUBLISHED = 1_800_086_400_000;
const ZEROS = "0".repeat(64);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

if (!existsSync(join(SAMPLE, "index.html"))) {
  throw new Error("There is no site to look at: run ./mvnw verify -pl evidence -am first.");
}

const pages = readdirSync(SAMPLE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
const claims = pages.filter((name) => name.endsWith("claims.html"));
const simulated = (html: string) => html.includes('<body class="simulated">');
/** One fleet's pages are like another's. */
const demonstration = claims.find((name) => simulated(readFileSync(join(SAMPLE, name), "utf8"))) as string;
const shown = demonstration.replace("claims.html", "");

/** Presses the button of a page and gives what was found, claim by claim. */
async function check({ page }: Opened): Promise<{ result: string; found: Record<string, string> }> {
  await page.click("#check button");
  await page.waitForSelector(".result", { timeout: 60_000 });
  const result = await page.$eval(".result", (element) => element.textContent ?? "");
  const found = await page.$$eval(".here:not([hidden])", (all) =>
    Object.fromEntries(
      all.map((one) => [one.getAttribute("data-claim"), one.querySelector(".mark")?.textContent ?? ""]),
    ),
  );
  return { result, found };
}

async function nothingSerious({ page }: Opened, where: string): Promise<void> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; impact: string }[] }> };
    };
    const { violations } = await axe.run({ preload: false });
    return violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id);
  });
  expect(found, where).toEqual([]);
}

test("the script that Java carries is what these sources build, and small", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coffer-check-"));
  try {
    await buildInto(folder);
    for (const name of ["check.js", "check-licenses.md"]) {
      const same = readFileSync(join(folder, name), "utf8") === readFileSync(join(RESOURCES, name), "utf8");
      expect(same, `${name}: run npm run build`).toBe(true);
    }
    // 28 kB when this was written, most of them the curve and the hashes.
    expect(gzipSync(readFileSync(join(folder, "check.js"))).length).toBeLessThan(32_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the feed is Atom to a reader of others, and names each fleet and each bundle", () => {
  const feed = parseFeed(readFileSync(join(SAMPLE, "feed.atom"), "utf8"));
  expect(feed.meta).toEqual({ type: "atom", version: "1.0" });
  expect(feed.title).toMatch(/^SIMULATED: Bundles and evidence of vault\.example/);
  expect(feed.items.map(({ title }) => title).sort()).toEqual([
    "Bundle of vault.example/messages, epoch 1",
    "Bundle of vault.example/messages, epoch 2",
    "Evidence of fleet vault-2",
    "SIMULATED: Evidence of fleet pilot-1",
  ]);
  expect(new Set(feed.items.map(({ id }) => id)).size).toBe(4);
  const times = feed.items.map(({ updated }) => updated?.getTime() ?? 0);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  expect(feed.updated?.getTime()).toBe(times[0]);
});

describe.each<Kind>(["chrome", "firefox"])("in %s", (kind) => {
  const here = test.skipIf(program(kind) === undefined);
  const folder = mkdtempSync(join(tmpdir(), "coffer-site-"));
  const browsers = new Map<Theme, Browser>();
  let served: { origin: string; server: Server };

  beforeAll(async () => {
    if (program(kind) === undefined) {
      console.log(`SKIPPED: no site of evidence in ${kind}: it is not here (Debian: chromium, firefox-esr)`);
      return;
    }
    cpSync(SAMPLE, folder, { recursive: true });
    for (const theme of ["light", "dark"] as const) {
      browsers.set(theme, await launch(kind, theme));
    }
    served = await serve(folder);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([...browsers.values()].map((browser) => browser.close()));
    served?.server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const places: Record<string, (path: string) => string> = {
    file: (path) => pathToFileURL(join(folder, path)).href,
    server: (path) => `${served.origin}/${path}`,
  };

  // A second engine looks at less: what it may show otherwise is the layout, and which scripts it lets run.
  const first = kind === "chrome";
  const once = test.skipIf(!first || program(kind) === undefined);
  const looks: [string, number, Theme][] = first
    ? [
        ["file", 1280, "light"],
        ["file", 360, "dark"],
        ["server", 1280, "dark"],
        ["server", 360, "light"],
      ]
    : [
        ["file", 1280, "light"],
        ["server", 360, "dark"],
      ];
  for (const [place, width, theme] of looks) {
    here(
      `every page from a ${place}, ${width} wide, ${theme}: nothing serious, nothing wider, no complaint`,
      async () => {
        const opened = await open(browsers.get(theme) as Browser, width, theme);
        for (const path of pages) {
          await opened.page.goto((places[place] as (path: string) => string)(path));
          // Trusted types forbid what axe is put in by, where a server asks for them: it is put in from a file.
          if (place === "file" && first && (!path.includes("/") || path.startsWith(shown))) {
            await nothingSerious(opened, `${path} at ${width}, ${theme}`);
          }
          expect(await opened.page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(
            width,
          );
          const ground = await opened.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
          expect(ground, "it has its style").toBe(theme === "light" ? "rgb(251, 250, 247)" : "rgb(20, 23, 26)");
        }
        const begin = place === "file" ? "file:" : served.origin;
        expect(opened.asked.filter((url) => !url.startsWith(begin))).toEqual([]);
        expect(opened.complaints).toEqual([]);
        await opened.page.close();
      },
    );
  }

  here("all that is published holds in the reader's browser, from a file and from a server", async () => {
    for (const to of first ? Object.values(places) : [places.file as (path: string) => string]) {
      const opened = await open(browsers.get("light") as Browser, 1280, "light");
      await opened.page.evaluateOnNewDocument((now) => {
        Date.now = () => now;
      }, PUBLISHED + 3_600_000);
      for (const path of [...claims, "log.html"]) {
        await opened.page.goto(to(path));
        const { result, found } = await check(opened);
        const log = path === "log.html";
        expect(result, path).toContain(`: ${log ? "3 PASS, 0 FAIL, 0" : "21 PASS, 0 FAIL, 1"} SKIP.`);
        expect(result, path).toMatch(log ? /no page of this site/ : /compare [0-9a-f]{64} with the operator's/);
        expect(Object.keys(found)).toHaveLength(log ? 3 : 22);
        expect(found["manifest-signer"]).toBe(log ? undefined : "SKIP");
      }
      expect(opened.complaints).toEqual([]);
      await opened.page.close();
    }
  });

  once("a bundle that nobody has seen for a month is not called the newest", async () => {
    const opened = await open(browsers.get("light") as Browser, 1280, "light");
    await opened.page.evaluateOnNewDocument(
      (now) => {
        Date.now = () => now;
      },
      PUBLISHED + 31 * 86_400_000,
    );
    await opened.page.goto(places.file?.(demonstration) as string);
    const { found } = await check(opened);
    expect(found["bundle-holds"]).toBe("SKIP");
    expect(found["bundle-lists"]).toBe("PASS");
    await opened.page.close();
  });

  here("a copy that was changed shows what fails, and says so in one line", async () => {
    const data = join(folder, demonstration.replace("claims.html", "package.js"));
    const sound = readFileSync(data, "utf8");
    const octets = (name: string) => new RegExp(`"${name}":"([^"]*)"`).exec(sound)?.[1] as string;
    const edited = (name: string, edit: (text: string) => string) => {
      const before = Buffer.from(octets(name), "base64").toString("latin1");
      const after = edit(before);
      expect(after).not.toBe(before);
      return sound.replace(octets(name), Buffer.from(after, "latin1").toString("base64"));
    };
    /** Another character of base64, or another octet. */
    const flip = (text: string, at: number) =>
      `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
    const inManifest = (from: string | RegExp, to: string) => edited("manifest.json", (text) => text.replace(from, to));
    const lies: [string, string, string[]][] = [
      [
        "a limit that the manifest does not have",
        edited("manifest.json", (text) => text.replace('"guessLimit":10', '"guessLimit":5')),
        ["manifest-signature", "promised-limit", "bundle-evidence"],
      ],
      [
        "a line of a transcript",
        edited("ceremony/site-2.transcript", (text) => text.replace("door stood open", "door was closed")),
        ["manifest-files", "ceremony-transcripts", "ceremony-record"],
      ],
      [
        "a participant's signature",
        edited("ceremony/signature-person-1.sig", (text) => flip(text, text.indexOf("-----END") - 12)),
        ["manifest-files", "ceremony-signatures"],
      ],
      [
        "a key of an HSM",
        edited("ceremony/fleet.bin", (text) => flip(text, text.length - 20)),
        ["manifest-files", "ceremony-fleet", "ceremony-attestations", "fleet-named", "bundle-lists"],
      ],
      [
        "what an HSM signed at the founding",
        edited("ceremony/site-1.statement", (text) => flip(text, text.lastIndexOf(" ") + 9)),
        ["manifest-files", "ceremony-transcripts", "ceremony-founding"],
      ],
      [
        "the proof that the bundle is in the log",
        edited("logProof", (text) => text.replace(/\nindex \d+/, "\nindex 0")),
        ["bundle-holds", "bundle-lists", "bundle-evidence"],
      ],
      [
        "a minority that has to sign",
        edited("ceremony/plan.txt", (text) => text.replace("signatures-needed 2", "signatures-needed 1")),
        ["manifest-files", "ceremony-signatures", "fleet-named"],
      ],
      ["the site of an HSM", inManifest('"site":"town-1"', '"site":"town-9"'), ["promised-hsms"]],
      ["what an HSM promises", inManifest('"memory":"unnoticed"', '"memory":"monotonic"'), ["promised-hsms"]],
      [
        "what a site wrote of its HSM's promises",
        edited("ceremony/site-1.identity", (text) => text.replace("keys disk", "keys inside")),
        ["manifest-files", "promised-hsms"],
      ],
      ["another ceremony", inManifest('"ceremony":"pilot-1"', '"ceremony":"pilot-2"'), ["fleet-named"]],
      ["another kind of statement", inManifest("Statement/v1", "Statement/v2"), ["manifest-form"]],
      ["another predicate", inManifest("urn:coffer:evidence:v1", "urn:coffer:evidence:v2"), ["manifest-form"]],
      ["a member more", inManifest('"simulated":', '"more":1,"simulated":'), ["manifest-form"]],
      ["no exception", inManifest(/"exceptions":.*\]\}\}/, '"exceptions":[]}}'), ["exceptions-told"]],
      ["a page", sound.replace('"files":{', '"files":{"report.html":"AAAA",'), ["manifest-complete"]],
      [
        "a page that is named",
        inManifest(
          '{"name":"sbom.cdx.json"',
          `{"name":"report.html","digest":{"sha256":"${ZEROS}"}},{"name":"sbom.cdx.json"`,
        ).replace('"files":{', '"files":{"report.html":"AA==",'),
        ["manifest-complete"],
      ],
    ];
    const opened = await open(browsers.get("light") as Browser, 1280, "light");
    await opened.page.evaluateOnNewDocument((now) => {
      Date.now = () => now;
    }, PUBLISHED);
    for (const [what, script, failing] of first ? lies : lies.slice(0, 2)) {
      writeFileSync(data, script);
      await opened.page.goto(places.file?.(demonstration) as string);
      const { result, found } = await check(opened);
      expect(result, what).toContain("Do not rely on this copy.");
      for (const claim of failing) {
        expect(found[claim], `${what}: ${claim}`).toBe("FAIL");
      }
    }
    writeFileSync(data, sound);
    expect(opened.complaints).toEqual([]);
    await opened.page.close();
  });

  once("without a bundle its claims are skipped", async () => {
    const data = join(folder, demonstration.replace("claims.html", "package.js"));
    const sound = readFileSync(data, "utf8");
    writeFileSync(data, sound.replace(/,"bundle":\{[^}]*\}/, ""));
    const opened = await open(browsers.get("light") as Browser, 1280, "light");
    await opened.page.goto(places.file?.(demonstration) as string);
    const { result, found } = await check(opened);
    writeFileSync(data, sound);
    expect(result).toContain("18 PASS, 0 FAIL, 4 SKIP.");
    expect(found["bundle-holds"]).toBe("SKIP");
    await opened.page.close();
  });

  once("a log without a leaf, or with another, shows it", async () => {
    const data = join(folder, "log.js");
    const sound = readFileSync(data, "utf8");
    const opened = await open(browsers.get("light") as Browser, 1280, "light");
    const [, first, second] = /"leaves":\["([^"]*)","([^"]*)"\]/.exec(sound) as unknown as [string, string, string];
    for (const [leaves, failing] of [
      [[first], ["log"]],
      [
        [second, first],
        ["log", "epoch-1", "epoch-2"],
      ],
    ] as const) {
      writeFileSync(data, sound.replace(/"leaves":\[[^\]]*\]/, `"leaves":${JSON.stringify(leaves)}`));
      await opened.page.goto(places.server?.("log.html") as string);
      const { found } = await check(opened);
      for (const claim of failing) {
        expect(found[claim], claim).toBe("FAIL");
      }
    }
    writeFileSync(data, sound);
    await opened.page.close();
  });

  here("without scripts everything stands there, and what is for people fits one screen", async () => {
    const opened = await open(browsers.get("light") as Browser, 1280, "light");
    await opened.page.setJavaScriptEnabled(false).catch(() => {});
    await opened.page.goto(places.file?.(demonstration) as string);
    const html = await opened.page.content();
    expect(html).toContain("every file that the manifest names is there with that SHA-256");
    await opened.page.setJavaScriptEnabled(true).catch(() => {});
    for (const path of claims) {
      await opened.page.goto(places.file?.(path.replace("claims.html", "index.html")) as string);
      const bottom = await opened.page.$eval(".promises", (list) => list.getBoundingClientRect().bottom);
      expect(bottom, path).toBeLessThanOrEqual(800);
    }
    await opened.page.close();
  });
});
