import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { CHROMIUM, Site } from "../../client/test/browser/site.js";
import { MiniFleet } from "../../client/test/fleet/mini-fleet.js";
import { nothingSerious } from "./axe.js";
import { answer, type Told, WELL } from "./operations-state.js";

/** The operator's page in Chromium, under the policy of `coffer operations`, on answers of its form. */

if (CHROMIUM === undefined) {
  console.log("SKIPPED: no operator's page in a browser: there is no chromium here (Debian: chromium)");
}

type Page = Awaited<ReturnType<Site["open"]>>;

const TOKEN = "0123456789abcdef".repeat(2);
const START = 1_900_000_000_000;

let told: readonly Told[] = WELL(START);
let at = START;
let status = 200;
/** Authorization of each question. */
const shown: (string | undefined)[] = [];

const site = new Site(
  new MiniFleet(),
  async (request, response) => {
    if (request.url !== "/state") {
      return false;
    }
    const authorization = request.headers.authorization;
    shown.push(authorization);
    const right = authorization === `Bearer ${TOKEN}`;
    response.writeHead(right ? status : 401).end(right && status === 200 ? answer(at, told) : "");
    return true;
  },
  "; style-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
);
let page: Page;

beforeAll(async () => {
  await site.build(fileURLToPath(new URL("../operations", import.meta.url)));
  if (CHROMIUM !== undefined) {
    await (await site.open()).close();
  }
}, 300_000);

afterAll(() => site.close());

afterEach(async () => {
  told = WELL(START);
  at = START;
  status = 200;
  await page?.close();
  // What a server answers with an error, the browser itself complains of.
  expect(site.complaints.filter((one) => !one.includes("Failed to load resource"))).toEqual([]);
});

async function opened(options: Parameters<Site["openFresh"]>[0] = {}): Promise<void> {
  page = await site.openFresh({ locale: "en-GB", timezoneId: "UTC", ...options });
  await page.clock.install({ time: START });
}

async function enter(token = TOKEN): Promise<void> {
  await page.getByLabel("Operator's token").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** The next answer of the server, five seconds on. */
async function next(): Promise<void> {
  at += 5_000;
  const asked = page.waitForResponse("**/state");
  await page.clock.runFor(5_000);
  await asked;
}

async function heading(name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

const row = (name: string) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });

const browser = test.skipIf(CHROMIUM === undefined);

test("the operator's page is small, and holds nothing of the users' client", () => {
  const names = readdirSync(site.folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name));
  expect(names.map((name) => name.replace(/^.*\./, "")).sort()).toEqual(["css", "html", "js"]);
  const files = names.map((name) => readFileSync(join(site.folder, name)));
  // 15 kB when this was written.
  expect(files.reduce((sum, file) => sum + gzipSync(file).length, 0)).toBeLessThan(20_000);
  expect(files.some((file) => file.includes("Argon2id"))).toBe(false);
});

browser(
  "only the token opens it; it goes into no storage, and a page that is loaded again has forgotten it",
  async () => {
    await opened();
    await heading("Operations: log in");
    await nothingSerious(page);
    await enter("wrong");
    await page.getByText("That is not the operator's token.").waitFor();
    shown.length = 0;
    await enter("\u00e9 two words");
    await page.getByText("That is not the operator's token.").waitFor();
    expect(shown).toEqual([]);
    status = 429;
    await enter();
    await page.getByText("There were too many wrong tokens.").waitFor();
    status = 200;
    await enter(` ${TOKEN} `);
    await heading("How the fleet is");
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept).not.toContain(TOKEN);
    expect(page.url()).not.toContain(TOKEN);
    await page.reload();
    await heading("Operations: log in");
    await enter();
    await page.getByRole("button", { name: "Log out" }).click();
    await heading("Operations: log in");
  },
);

browser("a fleet that is well: nodes, leader, rates, histograms, freshness, and no alert", async () => {
  await opened();
  await enter();
  await heading("How the fleet is");
  await page.getByText("5 of 5 nodes say that they serve; 3 HSMs have to live. Leader: node 2.").waitFor();
  await page.getByText("No alert, but one rule cannot be judged.").waitFor();
  expect(await page.getByText("The first value comes with the next answer.").count()).toBe(2);
  expect(await row("4").getByRole("cell").allTextContents()).toEqual([
    "yes",
    "1,234",
    "0",
    "0",
    "40 MiB",
    "11 Jan 2031",
  ]);
  await page.getByText("Bundle 7, under 2 cosignatures; a quorum had looked 1 hour ago.").waitFor();
  expect(await row("log log.example/1").getByRole("cell").allTextContents()).toEqual([
    "9",
    "1 hour ago",
    "published up to 9",
  ]);
  expect(await row("notary").getByRole("cell").allTextContents()).toEqual(["9", "30 seconds ago", "epoch 7"]);
  const took = page.getByRole("region", { name: "An attempt, from arrival to answer" });
  expect(await took.getByRole("row").allTextContents()).toEqual([
    "TookHow many",
    "up to 1 ms5",
    "up to 500 ms5",
    "over 500 ms5",
  ]);

  // Two nodes saw ten certificates and fifteen attempts in five seconds; one of them is behind.
  told = told.map((party) => ({
    ...party,
    metrics:
      party.name === "1" || party.name === "2"
        ? {
            ...party.metrics,
            coffer_certify_seconds_count: 13,
            'coffer_answer_seconds_count{type="ATTEMPT"}': 18,
            coffer_entries_certified: 1_244,
            coffer_entries_captured: party.name === "1" ? 1_239 : 1_244,
          }
        : party.metrics,
  }));
  await next();
  await page.getByText("Now 2, at most 2 in the last minute.").waitFor();
  await page.getByText("Now 360, at most 360 in the last minute.").waitFor();
  await page.getByRole("img", { name: "Certificates a second. Now 2" }).waitFor();
  expect((await row("1").getByRole("cell").allTextContents()).slice(1, 3)).toEqual(["1,239", "5"]);
  await nothingSerious(page);
  expect(await page.getByText("Nodes cannot see whether it was the right one").count()).toBe(1);
});

browser("who does not answer is named, since when; an alert says what to do; and both pass", async () => {
  await opened();
  await enter();
  await heading("How the fleet is");
  const away = (party: Told) => ({ ...party, state: "silent" as const, metrics: {} });
  told = told.map((party) =>
    party.kind === "NODE" && party.name === "3"
      ? away(party)
      : party.name === "4"
        ? { ...party, why: "no quorum of HSMs answers", metrics: { ...party.metrics, coffer_serving: 0 } }
        : party,
  );
  await next();
  await page.getByText("No answer from node 3 since 17:46:40.").waitFor();
  await page.getByText("2 alerts.").waitFor();
  expect(await row("3").getByRole("cell").allTextContents()).toEqual(Array(6).fill("unknown"));
  expect(await row("4").getByRole("cell").first().textContent()).toBe("no: no quorum of HSMs answers");
  const alerts = page.locator(".alerts li");
  expect(await alerts.first().locator("summary").textContent()).toBe("alert: Somebody does not answer (node 3)");
  await alerts.first().locator("summary").click();
  await page.getByText("Its process has ended, its machine is away").waitFor();
  expect(await alerts.first().textContent()).toContain("docs/operations.md, “When something is broken”");
  // What was opened stays open, and the keyboard where it was, while the page is filled anew.
  await page.locator("#alert-serving summary").focus();
  told = told.map((party) => (party.name === "4" ? { ...party, metrics: { coffer_serving: 1 } } : party));
  await next();
  await page.getByText("One alert.").waitFor();
  expect(await alerts.first().locator("details").getAttribute("open")).not.toBeNull();
  expect(await page.evaluate(() => document.activeElement?.closest("li")?.id)).toBe("alert-serving");
  await nothingSerious(page);

  // Who gathers it is silent, too: a state, and what is known stays.
  status = 500;
  await next();
  await page.getByText("No answer from coffer operations since 17:46:50.").waitFor();
  expect(await page.getByText("No answer from node 3 since 17:46:40.").count()).toBe(1);
  status = 200;
  told = WELL(START);
  await next();
  await page.getByText("No alert, but one rule cannot be judged.").waitFor();
  expect(await page.locator(".silent li").count()).toBe(0);
  expect(await page.getByText("No answer from coffer operations").isVisible()).toBe(false);
});

browser("all of it on a phone, dark, in German; nothing but tables is wider than the page", async () => {
  await opened({ locale: "de-DE", colorScheme: "dark", viewport: { width: 320, height: 700 } });
  await heading("Betrieb: Anmelden");
  await page.getByLabel("Token des Betreibers").fill(TOKEN);
  await page.getByRole("button", { name: "Anmelden" }).click();
  await heading("Wie es der Flotte geht");
  await page.getByText("5 von 5 Knoten sagen, dass sie bedienen").waitFor();
  told = told.map((party) =>
    party.name === "5" ? { ...party, state: "odd" as const, why: "HTTP 500", metrics: {} } : party,
  );
  await next();
  await page.getByText("Was Knoten 5 antwortet, sind keine Zähler: HTTP 500.").waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await nothingSerious(page);
  await page.getByLabel("Sprache").selectOption("en");
  await heading("How the fleet is");
  await page.getByText("What node 5 answered are no counters: HTTP 500.").waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("language");
});
