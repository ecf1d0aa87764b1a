import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hex } from "@coffer/client";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Site } from "../../client/test/browser/site.js";
import { RIGHT } from "../../client/test/fleet/device.js";
import { MiniFleet } from "../../client/test/fleet/mini-fleet.js";
import { configure } from "../configure.mjs";
import { AXE, seriousOnes } from "./axe.js";
import { answer, WELL } from "./operations-state.js";

/** The main flows once more in Firefox, which speaks WebDriver BiDi: another engine, and another Argon2id worker. */

const FIREFOX = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path));
const WAIT = { timeout: 60_000 };

if (FIREFOX === undefined) {
  console.log("SKIPPED: no console in Firefox: there is none here (Debian: firefox-esr)");
}

const POLICY = "; style-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types";
const TOKEN = "0123456789abcdef".repeat(2);
const fleet = new MiniFleet();
const site = new Site(fleet, undefined, `${POLICY} coffer`);
const operations = new Site(
  fleet,
  async (request, response) => {
    if (request.url === "/state") {
      response.writeHead(request.headers.authorization === `Bearer ${TOKEN}` ? 200 : 401);
      response.end(answer(Date.now(), WELL(Date.now())));
    }
    return request.url === "/state";
  },
  `${POLICY} 'none'`,
);
const complaints: string[] = [];
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (FIREFOX === undefined) {
    return;
  }
  await site.build(fileURLToPath(new URL("..", import.meta.url)));
  await operations.build(fileURLToPath(new URL("../operations", import.meta.url)));
  await site.serve();
  await operations.serve();
  configure(site.folder, {
    vault: "Mini vault",
    pin: hex(fleet.fleet.id),
    nodes: [site.node],
    login: { development: { root: "01".repeat(32), issuer: "02".repeat(32) } },
  });
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: { "intl.accept_languages": "en-GB" },
  });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await site.close();
  await operations.close();
});

beforeEach(() => {
  fleet.records.clear();
  fleet.notes = [new Uint8Array(0), new Uint8Array(0), new Uint8Array(0)];
  complaints.length = 0;
});

/** A device that knows nothing: cookies and IndexedDB of a context are its own. */
async function newDevice(address: string): Promise<void> {
  page = await (await browser.createBrowserContext()).newPage();
  // Firefox itself asks for an icon, which the policy forbids.
  const heard = (text: string) => text.includes("/favicon.ico") || complaints.push(text);
  page.on("pageerror", (error) => heard(String(error)));
  page.on("console", (message) => message.type() === "error" && heard(message.text()));
  await page.goto(address);
}

async function step(heading: string): Promise<void> {
  await page.waitForFunction((name) => document.querySelector("h1")?.textContent === name, WAIT, heading);
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  await page.evaluate(`if (!("axe" in globalThis)) { ${AXE} }`);
  expect(await page.evaluate(seriousOnes)).toEqual([]);
}

async function press(name: string): Promise<void> {
  for (const button of await page.$$("button")) {
    if ((await button.evaluate((one) => one.textContent)) === name) {
      await button.click();
      return;
    }
  }
  expect.fail(`there is no button ${name}`);
}

async function fill(label: string, text: string): Promise<void> {
  const id = await page.evaluate(
    (name) => [...document.querySelectorAll("label")].find((one) => one.textContent === name)?.htmlFor ?? "",
    label,
  );
  expect(id, label).not.toBe("");
  await page.type(`#${id}`, text);
}

async function alice(): Promise<void> {
  await newDevice(site.origin);
  await step("Whose backup is it?");
  await fill("Account", "alice");
  await press("Go on");
  await step("What would you like to do?");
}

async function shownKey(): Promise<readonly string[]> {
  await press("Write down the 64-digit key");
  await step("Your 64-digit key");
  const groups = await page.$$eval(".key code", (all) => all.map((one) => one.textContent ?? ""));
  expect(groups).toHaveLength(16);
  return groups;
}

const alert = () => page.$eval("[role=alert]", (one) => one.textContent ?? "");
const firefox = test.skipIf(FIREFOX === undefined);

firefox(
  "a code turns protection on, brings the key back in a fresh profile after a wrong one, and so does paper",
  async () => {
    await alice();
    await press("Turn protection on");
    await step("Choose a recovery code");
    await fill("Recovery code", RIGHT);
    await fill("The same code again", RIGHT);
    await press("Turn protection on");
    await step("Protection is on");
    const key = await shownKey();
    await page.close();

    await alice();
    await press("Get my key back with the code");
    await step("Type your recovery code");
    await fill("Recovery code", "wrong code");
    await press("Get my key back");
    await step("That was not the code");
    expect(await alert()).toContain("Guesses left: 9.");
    await fill("Recovery code", RIGHT);
    await press("Get my key back");
    await step("Your key is back");
    expect(await shownKey()).toEqual(key);
    await page.close();

    await alice();
    await press("Use the 64-digit key from paper");
    await step("Type the 64-digit key");
    await fill("64-digit key and check", `${key[0]} what else`);
    await press("Use this key");
    await page.waitForSelector("[role=alert]");
    expect(await alert()).toContain("group 2");
    await fill("64-digit key and check", key.join(" "));
    await press("Use this key");
    await step("Your key is here");
    expect(await shownKey()).toEqual(key);
    await page.close();
    expect(complaints).toEqual([]);
  },
);

firefox("the room of trust verifies a pinned fleet, and the operator's page shows one that is well", async () => {
  await newDevice(`${site.origin}/#trust`);
  await step("What this page verified of the vault");
  expect(await page.$$eval(".steps .passed", (all) => all.length)).toBe(2);
  await page.close();
  await newDevice(operations.origin);
  await step("Operations: log in");
  await fill("Operator's token", TOKEN);
  await press("Log in");
  await step("How the fleet is");
  expect(await page.$eval("main", (one) => one.textContent)).toContain("5 of 5 nodes say that they serve");
  await page.close();
  expect(complaints).toEqual([]);
});
