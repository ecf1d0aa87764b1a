import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { hex } from "@coffer/client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CHROMIUM, Site } from "../../client/test/browser/site.js";
import { RIGHT } from "../../client/test/fleet/device.js";
import { MiniFleet } from "../../client/test/fleet/mini-fleet.js";
import { Publisher } from "../../client/test/fleet/publisher.js";
import { configure } from "../configure.mjs";
import { nothingSerious } from "./axe.js";
import { scanned } from "./scanned.js";
import { UnlockServer } from "./unlock-server.js";

if (CHROMIUM === undefined) {
  console.log("SKIPPED: no console in a browser: there is no chromium here (Debian: chromium)");
}

type Page = Awaited<ReturnType<Site["open"]>>;
type Profile = NonNullable<Parameters<Site["openFresh"]>[0]>;

const ENGLISH = { locale: "en-GB" };

const fleet = new MiniFleet();
const server = new UnlockServer();
const { unlocks } = server;
const site = new Site(
  fleet,
  server.serve,
  "; style-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types coffer",
);
/** Address, headers and body of everything that left a page. */
const sent: string[] = [];
const asked = new Set<string>();
let page: Page;

beforeAll(async () => {
  await site.build(fileURLToPath(new URL("..", import.meta.url)));
  if (CHROMIUM === undefined) {
    return;
  }
  await site.serve();
  configure(site.folder, {
    vault: "Mini vault",
    pin: hex(fleet.fleet.id),
    nodes: [site.node],
    login: { development: { root: "01".repeat(32), issuer: "02".repeat(32) } },
    unlocks: "app/",
  });
  await (await site.open()).close();
}, 300_000);

afterAll(() => site.close());

beforeEach(() => {
  fleet.records.clear();
  fleet.notes = [new Uint8Array(0), new Uint8Array(0), new Uint8Array(0)];
  unlocks.objects.clear();
  sent.length = 0;
});

/** A device that knows nothing, as far as the screen that asks for the account. */
async function newDevice(options: Profile = ENGLISH): Promise<Page> {
  page = await site.openFresh(options);
  page.on("request", (request) => {
    asked.add(new URL(request.url()).origin);
    sent.push(request.url(), JSON.stringify(request.headers()), request.postDataBuffer()?.toString("latin1") ?? "");
  });
  await page.goto(site.origin);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}

/** A new step began: its heading is there, and has the focus. */
async function step(heading: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  await nothingSerious(page);
}

async function press(name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

async function alice(): Promise<void> {
  await page.getByLabel("Account").fill("alice");
  await press("Go on");
  await step("What would you like to do?");
}

async function turnOn(code = RIGHT): Promise<void> {
  await press("Turn protection on");
  await step("Choose a recovery code");
  await page.getByLabel("Recovery code").fill(code);
  await page.getByLabel("The same code again").fill(code);
  await press("Turn protection on");
  await step("Protection is on");
}

async function typeCode(code: string): Promise<void> {
  await page.getByLabel("Recovery code").fill(code);
  await press("Get my key back");
}

/** The 64 digits that the page shows, and their check. */
async function shownKey(): Promise<readonly string[]> {
  await press("Write down the 64-digit key");
  await step("Your 64-digit key");
  const groups = await page.locator(".key code").allTextContents();
  expect(groups).toHaveLength(16);
  return groups;
}

const browser = test.skipIf(CHROMIUM === undefined);

test("what is built stays small, and has relative links alone", () => {
  const names = readdirSync(site.folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name));
  const sizes = names.map((name) => gzipSync(readFileSync(join(site.folder, name))).length);
  // Most of files is age; what is not apart holds Argon2id twice, as the client does: 22 kB.
  const apart = ["room-", "common-codes-"].map(
    (part) => sizes[names.findIndex((name) => name.includes(part))] as number,
  );
  expect(apart.filter((size) => size < 60_000)).toHaveLength(2);
  expect(sizes.reduce((sum, size) => sum + size) - apart.reduce((sum, size) => sum + size)).toBeLessThan(118_000);
  // What is handed out brings the notices of what it is made of.
  const notices = readFileSync(join(site.folder, "licenses.md"), "utf8");
  for (const made of ["@noble/curves", "@noble/hashes", "age-encryption", "hash-wasm", "uqr", "Coffer"]) {
    expect(notices).toMatch(new RegExp(`^## ${made}(?: |$)`, "m"));
  }
  const html = readFileSync(join(site.folder, "index.html"), "utf8");
  // What a first visit loads: the page, its style, and one script, without Argon2id and without the QR code.
  const first = ["index.html", ...names.filter((name) => html.includes(name))];
  expect(first).toHaveLength(3);
  expect(first.reduce((sum, name) => sum + (sizes[names.indexOf(name)] as number), 0)).toBeLessThan(90_000);
  const links = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link);
  expect(links).toHaveLength(2);
  expect(links.filter((link) => !link?.startsWith("./"))).toEqual([]);
});

browser("protection is turned on, confirmed from paper, and brings the key back in a fresh profile", async () => {
  await newDevice();
  await alice();
  await turnOn();
  const key = await shownKey();
  const qr = page.locator(".sheet path").last();
  await qr.waitFor({ state: "attached" });
  expect(await qr.isVisible()).toBe(false);
  await page.emulateMedia({ media: "print" });
  expect(await qr.isVisible()).toBe(true);
  await page.emulateMedia({ media: "screen" });
  expect(scanned((await qr.getAttribute("d")) as string)).toBe(key.join(" ").toUpperCase());
  await press("I have written it down");
  await step("Three groups from your paper");
  const labels = await page.locator(".field label").allTextContents();
  expect(labels).toHaveLength(3);
  for (const label of labels) {
    await page.getByLabel(label, { exact: true }).fill(key[Number(label.replace("Group ", "")) - 1] as string);
  }
  await press("Compare");
  await step("Your key is here");
  await page.getByText("What you wrote down is right.").waitFor();
  await page.close();

  await newDevice();
  await alice();
  await press("Get my key back with the code");
  await step("Type your recovery code");
  await typeCode("wrong code");
  await step("That was not the code");
  expect(await page.getByRole("alert").textContent()).toContain("Guesses left: 9.");
  await typeCode(RIGHT);
  await step("Your key is back");
  await page.getByText("There were 1 other attempts since the last success").waitFor();
  expect(await page.locator(".history li").allTextContents()).toHaveLength(4);
  expect(await shownKey()).toEqual(key);
  await page.close();
  for (const secret of [RIGHT, key.slice(0, 8).join(""), ...key.slice(0, 8)]) {
    expect(sent.filter((one) => one.includes(secret))).toEqual([]);
  }
  expect(site.complaints).toEqual([]);
});

browser("where a code is there already, each way on is offered, and the paper key is one", async () => {
  await newDevice();
  await alice();
  await turnOn();
  const key = await shownKey();
  await page.close();
  await newDevice();
  await alice();
  await press("Turn protection on");
  await page.getByLabel("Recovery code").fill("another code 12");
  await page.getByLabel("The same code again").fill("another code 12");
  await press("Turn protection on");
  await step("Protection is not on yet");
  expect(await page.locator(".ways button").allTextContents()).toEqual([
    "Get the key back with the code",
    "Use a passkey",
    "Use the 64-digit key",
    "Replace the code by login",
    "Back to the start",
  ]);
  await press("Replace the code by login");
  await step("Replace the code that is there?");
  await press("Use the 64-digit key");
  await step("Type the 64-digit key");
  await page.getByLabel("64-digit key and check").fill(`${key[0]} what else`);
  await press("Use this key");
  await step("Type the 64-digit key");
  expect(await page.getByRole("alert").textContent()).toContain("group 2");
  await page.getByLabel("64-digit key and check").fill(key.join(" "));
  await press("Use this key");
  await step("Your key is here");
  expect(await shownKey()).toEqual(key);
  await page.close();
  expect(site.complaints).toEqual([]);
});

browser("a passkey is set up, renamed, opens the key in another life of the page, and is revoked", async () => {
  await newDevice();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    ctap2Version: "ctap2_1",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
    hasPrf: true,
  } as Parameters<typeof devtools.send<"WebAuthn.addVirtualAuthenticator">>[1] extends { options: infer O } ? O : never;
  await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  await alice();
  await turnOn();
  const key = await shownKey();
  await press("Back to the start");
  await press("Passkeys");
  await step("Passkeys that open your key");
  await page.getByLabel("What you call the new one").fill("Laptop");
  await press("Set up a passkey");
  await step("Once more");
  await press("Ask the passkey again");
  await step("Passkeys that open your key");
  expect(await page.locator(".passkeys li > span").allTextContents()).toEqual(["Laptop"]);
  await page.getByText("Rename Laptop").click();
  await page.getByLabel("Another name for Laptop").fill("Old laptop");
  await press("Save the name");
  await page.getByText("The passkey has its new name.").waitFor();

  await devtools.send("Storage.clearDataForOrigin", { origin: site.origin, storageTypes: "all" });
  await page.reload();
  await alice();
  await press("Use a passkey");
  await step("Your key is back");
  expect(await shownKey()).toEqual(key);
  await press("Back to the start");
  await press("Passkeys");
  await press("Revoke Old laptop");
  await page.getByText("The vault has erased what this passkey opened.").waitFor();
  expect(unlocks.objects.size).toBe(0);
  await press("Back to the start");
  await press("Lock");
  await press("Use a passkey");
  await step("Your key is not back yet");
  expect(await page.locator(".ways button").allTextContents()).toEqual([
    "Use a passkey",
    "Get the key back with the code",
    "Use the 64-digit key",
    "Back to the start",
  ]);
  await page.close();
  expect(site.complaints).toEqual([]);
});

browser("the keyboard is enough, and says how strong a code is while it is typed", async () => {
  await newDevice();
  const tab = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await page.keyboard.press("Tab");
    }
  };
  await tab(1);
  await page.keyboard.type("alice");
  await page.keyboard.press("Enter");
  await step("What would you like to do?");
  await tab(1);
  await page.keyboard.press("Enter");
  await step("Choose a recovery code");
  await tab(1);
  await page.keyboard.type("123456");
  await page.getByText("Weak: it counts up or down.").waitFor();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("sunshine9");
  await page.getByText("Weak: it is among the first that a thief tries.").waitFor();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(RIGHT);
  await tab(1);
  await page.keyboard.type(RIGHT);
  await tab(2);
  await page.keyboard.press("Space");
  // A wish stays ticked where the page draws the form anew: what is shown is what is done.
  await page.getByLabel("Recovery code").fill("violet kettle 85");
  await press("Turn protection on");
  await page.getByText("The two are not the same. Type both again.").waitFor();
  expect(await page.getByLabel("Let me practise this code on this device").isChecked()).toBe(true);
  await page.getByLabel("Recovery code").fill(RIGHT);
  await page.getByLabel("The same code again").fill(RIGHT);
  await page.keyboard.press("Enter");
  await step("Protection is on");
  await press("What opens this key");
  await step("What opens this key");
  await page.getByText("registered with the vault; last used on this device on").waitFor();
  await press("Back to the start");
  await press("Lock");
  await page.getByText("Practising costs no guess.").waitFor();
  const before = sent.length;
  await press("Practise the code");
  await step("Do you still know your code?");
  await page.keyboard.press("Tab");
  await page.keyboard.type("wrong code");
  await page.keyboard.press("Enter");
  await page.getByText("That is not the code that was right on").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type(RIGHT);
  await page.keyboard.press("Enter");
  await page.getByText("That is the code that was right on").waitFor();
  await nothingSerious(page);
  // Scripts of Argon2id may have been fetched; no node heard of it.
  expect(sent.slice(before).filter((one) => one.startsWith(site.node))).toEqual([]);
  await page.close();
  expect(site.complaints).toEqual([]);
});

browser("a browser that speaks German gets German, a switch changes it, and a phone's width is enough", async () => {
  await newDevice({ locale: "de-DE", viewport: { width: 320, height: 640 }, colorScheme: "dark" });
  await step("Wessen Backup ist es?");
  expect(await page.evaluate(() => [document.documentElement.lang, document.title])).toEqual([
    "de",
    "Ihr Backup-Schlüssel",
  ]);
  await page.getByLabel("Konto").fill("alice");
  await press("Weiter");
  await step("Was möchten Sie tun?");
  await page.getByText("Über diesen Tresor").click();
  await page.getByText("3, von denen 2 jede Antwort unterschreiben").waitFor();
  await press("Meinen Schlüssel mit dem Code zurückholen");
  await page.getByLabel("Wiederherstellungscode").fill(RIGHT);
  await press("Meinen Schlüssel zurückholen");
  await step("Ihr Schlüssel ist noch nicht zurück");
  await page.getByText("Für dieses Konto ist kein Code registriert.").waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await page.getByLabel("Sprache").selectOption("en");
  await page.getByText("No recovery code is registered for this account.").waitFor();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Whose backup is it?" }).waitFor();
  await page.close();
  expect(site.complaints).toEqual([]);
});

/** The page of a vault that is trusted over the air, in the room *Trust*. */
async function inTrustRoom(publisher: Publisher, options: Profile = ENGLISH): Promise<void> {
  page = await site.openFresh(options);
  const settings = {
    vault: "Mini vault",
    policy: publisher.policyText,
    nodes: [site.node],
    login: { development: { root: "01".repeat(32), issuer: "02".repeat(32) } },
  };
  await page.route("**/console.json", (route) => route.fulfill({ json: settings }));
  await page.goto(`${site.origin}/#trust`);
  await page.reload();
}

/** The steps that the page says hold, and what it says of all others. */
async function steps(): Promise<Readonly<Record<string, readonly (string | null)[]>>> {
  const of = (word: string) =>
    page.locator(`.steps .${word}`).evaluateAll((all) => all.map((one) => one.getAttribute("data-step")));
  return { passed: await of("passed"), failed: await of("failed"), unreached: await of("unreached") };
}

const VERIFIED = "What this page verified of the vault";

browser("the room of trust shows what was verified here, what changed, and how others verify it", async () => {
  const now = Math.floor(Date.now() / 1000);
  const publisher = new Publisher(now);
  fleet.notes = publisher.publish([[fleet.fleet, "active"]]);
  await inTrustRoom(publisher);
  await step(VERIFIED);
  await page.getByText("Every step holds").waitFor();
  expect(await steps()).toMatchObject({ passed: { length: 17 }, failed: [], unreached: [] });
  await page.getByText("3 of 3 HSMs say SIMULATED").waitFor();
  await page.getByText("This device trusted no other description before").waitFor();
  await page
    .getByText(`w1: ${new Intl.DateTimeFormat("en", { dateStyle: "long" }).format(now * 1000 - 50_000)}`)
    .waitFor();
  const [saving] = await Promise.all([page.waitForEvent("download"), press("Save fleet.note")]);
  expect(readFileSync(await saving.path())).toEqual(Buffer.from(fleet.notes[0]));

  const other = new MiniFleet();
  fleet.notes = publisher.publish([
    [fleet.fleet, "active"],
    [other.fleet, "announced"],
  ]);
  await press("Verify once more");
  await page.getByText("Since epoch 1, which this device trusted before").waitFor();
  expect(await page.locator(".delta li").count()).toBe(11);
  // By keyboard: the first command of all opens, and is copied.
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator("details.again summary").first().focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Copied.").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("coffer bundle verify --dir .");
  await nothingSerious(page);
  await page.getByRole("link", { name: "You", exact: true }).click();
  await step("Whose backup is it?");
  await page.close();
  expect(site.complaints).toEqual([]);
});

browser("the room of trust stops where a description does not hold, and shows nothing beyond", async () => {
  const now = Math.floor(Date.now() / 1000);
  const publisher = new Publisher(now - 1000);
  const [note, proof, policies] = publisher.publish([[fleet.fleet, "active"]]);
  const text = new TextDecoder().decode(note);
  fleet.notes = [new TextEncoder().encode(text.replace("SIMULATED", "GENUINE00")), proof, policies];
  const phone = { locale: "de-DE", viewport: { width: 320, height: 640 }, colorScheme: "dark" } as const;
  await inTrustRoom(publisher, phone);
  await step("Was diese Seite am Tresor geprüft hat");
  await page.getByText("Die Prüfung endete bei „Der Betreiber hat unterschrieben“.").waitFor();
  expect(await steps()).toMatchObject({
    passed: ["FORM", "TRUST_POLICY"],
    failed: ["OPERATOR_SIGNATURE"],
    unreached: { length: 14 },
  });
  expect(await page.locator("main").textContent()).not.toMatch(/GENUINE|vault\.example|hält: Sie/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);

  const expired = new Publisher(now - 1000);
  expired.validSeconds = 10;
  fleet.notes = expired.publish([[fleet.fleet, "active"]]);
  await press("Noch einmal prüfen");
  await page.getByText("Die Prüfung endete bei „Sie gilt heute“.").waitFor();
  expect(await steps()).toMatchObject({ passed: { length: 11 }, failed: ["VALIDITY"] });
  // What was signed is shown as signed; that this device trusted it is not claimed, and nothing is compared.
  await page.getByText("3 von 3 HSMs sagen SIMULATED").waitFor();
  expect(await page.getByText("Diese Flotte hat geantwortet").count()).toBe(0);
  expect(await page.getByText("Was sich bis hierher geändert hat").count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await nothingSerious(page);
  await page.close();
  expect(site.complaints).toEqual([]);
});

browser("a page without its vault, or without a login, says so, and goes on once there is one", async () => {
  page = await site.openFresh(ENGLISH);
  await page.route("**/console.json", (route) => route.fulfill({ body: "<html>" }));
  await page.goto(site.origin);
  await step("This page does not know its vault");
  await page.getByText("console.json: this is no JSON").waitFor();
  const settings = {
    vault: "App",
    pin: hex(fleet.fleet.id),
    nodes: [site.node],
    login: { tenant: "app", address: "me" },
  };
  await page.route("**/console.json", (route) => route.fulfill({ json: settings }));
  let account: string | undefined;
  await page.route("**/me", (route) => route.fulfill(account === undefined ? { status: 401 } : { json: { account } }));
  await press("Load the page again");
  await step("Log in first");
  // The browser itself complains of the 401.
  expect(site.complaints.splice(0)).toHaveLength(1);
  account = "alice";
  await press("I have logged in");
  await step("What would you like to do?");
  // Not a development vault: no passkeys without a server for them, no banner, and no simulated HSMs.
  expect(await page.locator(".banner").isVisible()).toBe(false);
  expect(await page.locator(".ways button").count()).toBe(3);
  await press("Get my key back with the code");
  await typeCode(RIGHT);
  await step("Your key is not back yet");
  await page.getByText("The vault has fewer machines than this app accepts.").waitFor();
  await page.close();
  expect(site.complaints).toEqual([]);
});

browser("pages asked their own server and the vault's nodes alone, and were served under a strict policy", async () => {
  expect([...asked].sort()).toEqual([site.node, site.origin].sort());
  const served = (await fetch(site.origin)).headers.get("Content-Security-Policy") ?? "";
  for (const rule of ["default-src 'none'", "require-trusted-types-for 'script'", `connect-src 'self' ${site.node}`]) {
    expect(served).toContain(rule);
    // A server that sends no headers serves it, too.
    expect(readFileSync(join(site.folder, "index.html"), "utf8")).toContain(rule);
  }
});
