import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hex } from "@coffer/client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CHROMIUM, Site } from "../../client/test/browser/site.js";
import { RIGHT } from "../../client/test/fleet/device.js";
import { MiniFleet } from "../../client/test/fleet/mini-fleet.js";
import { configure } from "../configure.mjs";
import { safeName } from "../src/files/restored.js";
import { nothingSerious } from "./axe.js";
import { BackupServer } from "./backup-server.js";

if (CHROMIUM === undefined) {
  console.log("SKIPPED: no files of the console in a browser: there is no chromium here (Debian: chromium)");
}

type Page = Awaited<ReturnType<Site["open"]>>;
type Profile = NonNullable<Parameters<Site["openFresh"]>[0]>;

const ODD = [
  "a:b",
  "a_b",
  "A_B",
  "con.txt",
  "question?",
  "stars*",
  "ends.",
  "zürich ✓",
  "😀.png",
  "夏休み",
  "--help",
  ".hidden",
  "two  blanks",
  "x".repeat(200),
];
const MARKER = "a line that nobody else may read";
const UP = 2000;
/** The browser's own words, where a first backup asks whether there is another one. */
const NOT_THERE = "Failed to load resource: the server responded with a status of 404 (Not Found)";

const fleet = new MiniFleet();
const server = new BackupServer();
const site = new Site(
  fleet,
  server.serve,
  "; style-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types coffer",
);
const source = mkdtempSync(join(tmpdir(), "coffer-source-"));
const holidays = join(source, "holidays");
/** Odd ones alone. */
const few = join(source, "few");
/** Address and body of everything that left a page. */
const sent: string[] = [];
let page: Page;

function settings(backups: string | undefined) {
  return {
    vault: "Mini vault",
    pin: hex(fleet.fleet.id),
    nodes: [site.node],
    login: { development: { root: "01".repeat(32), issuer: "02".repeat(32) } },
    ...(backups === undefined ? {} : { backups }),
  };
}

/** 2,000 files with odd names and sizes, and a large one. */
function fill(): void {
  for (let i = 0; i < UP; i++) {
    const folder = join(holidays, ...(i % 3 === 0 ? [] : [`day ${i % 7}`, ...(i % 5 === 0 ? ["ümlaut"] : [])]));
    mkdirSync(folder, { recursive: true });
    const name = i < ODD.length ? (ODD[i] as string) : `${i} ${ODD[i % ODD.length]}`;
    const content = createHash("sha256").update(`${i}`).digest();
    writeFileSync(
      join(i < ODD.length ? holidays : folder, name.slice(0, 200)),
      i === 0 ? MARKER : content.subarray(0, i % 33),
    );
  }
  writeFileSync(join(holidays, "large.bin"), Buffer.alloc((3 << 20) + 17, "large "));
  mkdirSync(join(few, "day 1", "ümlaut"), { recursive: true });
  for (const name of [...ODD, "day 1/a.txt", "day 1/b|c", "day 1/ümlaut/c.txt"]) {
    writeFileSync(join(few, name), name === "a:b" ? MARKER : name);
  }
  utimesSync(join(holidays, "large.bin"), 1_700_000_000, 1_700_000_000);
}

beforeAll(async () => {
  await site.build(fileURLToPath(new URL("..", import.meta.url)));
  if (CHROMIUM === undefined) {
    return;
  }
  fill();
  await site.serve();
  configure(site.folder, settings("app/backups/"));
  await (await site.open()).close();
}, 300_000);

afterAll(async () => {
  await site.close();
  server.close();
  rmSync(source, { recursive: true, force: true });
});

beforeEach(() => {
  fleet.records.clear();
  rmSync(server.folder, { recursive: true, force: true });
  mkdirSync(server.folder);
  server.status = () => undefined;
  sent.length = 0;
});

const ENGLISH = { locale: "en-GB" };

/** A device that knows nothing. Its user picks the folder of that name, of the browser's own; without one, no page picks any. */
async function newDevice(options: Profile = ENGLISH, picks = "target"): Promise<void> {
  page = await site.openFresh(options);
  page.on("request", (request) => {
    sent.push(request.url(), request.postDataBuffer()?.toString("latin1") ?? "");
  });
  await page.addInitScript((name) => {
    const page = globalThis as { showDirectoryPicker?: unknown };
    const pick = async () => (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
    page.showDirectoryPicker = name === "" ? undefined : pick;
  }, picks);
  await page.goto(site.origin);
}

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
}

async function turnOn(): Promise<void> {
  await alice();
  await press("Turn protection on");
  await page.getByLabel("Recovery code").fill(RIGHT);
  await page.getByLabel("The same code again").fill(RIGHT);
  await press("Turn protection on");
  await step("Protection is on");
  await press("Your files: back up, get back");
  await step("Your files");
}

async function recover(): Promise<void> {
  await alice();
  await press("Get my key back with the code");
  await page.getByLabel("Recovery code").fill(RIGHT);
  await press("Get my key back");
  await step("Your key is back");
  await press("Your files: back up, get back");
  await step("Your files");
}

async function backUpChosen(folder = few, ...told: readonly string[]): Promise<void> {
  await page.getByLabel("Folder to back up").setInputFiles(folder);
  await step("Back this up?");
  expect((await page.locator("dd").allTextContents()).slice(0, 1 + told.length)).toEqual([basename(folder), ...told]);
  await press("Back it up");
  await step("Your files are backed up");
}

/** Every file below a folder here, by its path, with the hash of its content. */
function onDisk(root: string): ReadonlyMap<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(root, name)).isFile(),
  );
  return new Map(
    names.map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(root, name)))
        .digest("hex"),
    ]),
  );
}

/** The same of a folder of the browser's. */
async function inBrowser(name: string): Promise<ReadonlyMap<string, string>> {
  const found = await page.evaluate(async (name) => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(name);
    const all: [string, string][] = [];
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, child] of folder.entries()) {
        if (child.kind === "directory") {
          await walk(child as FileSystemDirectoryHandle, `${path}${name}/`);
        } else {
          const content = await (await (child as FileSystemFileHandle).getFile()).arrayBuffer();
          const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
          all.push([path + name, [...hash].map((octet) => octet.toString(16).padStart(2, "0")).join("")]);
        }
      }
    };
    await walk(root, "");
    return all;
  }, name);
  return new Map(found);
}

async function openNewest(): Promise<void> {
  await press("Get files back");
  await step("Backups that are there, the newest first");
  await page.locator(".files button").first().click();
  await step("What is in this backup");
}

const browser = test.skipIf(CHROMIUM === undefined);

browser(
  "2,000 odd files are backed up and come back in a fresh profile, octet for octet, overwriting nothing",
  async () => {
    await newDevice();
    await turnOn();
    await backUpChosen(holidays, "2,001", "3.18 MB");
    // Nobody but the page read a name or a content.
    expect(server.names("data/").length).toBeGreaterThan(3);
    for (const plain of [MARKER, "holidays", "large large"]) {
      expect(sent.filter((one) => one.includes(plain))).toEqual([]);
    }
    await page.close();

    await newDevice();
    await recover();
    await openNewest();
    await press("Get all of this back into a folder");
    await page.getByText("of 3.18 MB").waitFor();
    await step("Your files are back");
    const [disk, back] = [onDisk(holidays), await inBrowser("target")];
    expect(back.size).toBe(disk.size);
    expect([...back.values()].sort()).toEqual([...disk.values()].sort());
    const renamed = [...disk].filter(([name, hash]) => back.get(name) !== hash).map(([name]) => name);
    // Those whose names no browser writes, and those of whose names there were two.
    expect(renamed.filter((name) => name.split("/").every((part) => safeName(part) === part)).sort()).toEqual(
      [...disk.keys()]
        .filter((name) => /(^|\/)(\d+ )?(a_b|A_B)$/.test(name) && back.get(name) !== disk.get(name))
        .sort(),
    );
    expect(back.get("zürich ✓")).toBe(disk.get("zürich ✓"));

    // Once more: all of it is there. One that the user changed stays as it is.
    await page.evaluate(async () => {
      const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("target");
      const out = await (await root.getFileHandle("large.bin")).createWritable();
      await out.write("mine");
      await out.close();
    });
    await press("Back to your files");
    await openNewest();
    await press("Get all of this back into a folder");
    await step("Some of your files are back");
    await page.getByText("2,000", { exact: true }).waitFor();
    await page.getByText("Other files of these names were there").click();
    await page.getByText("large.bin", { exact: true }).waitFor();
    expect((await inBrowser("target")).get("large.bin")).toBe(createHash("sha256").update("mine").digest("hex"));
    await page.close();
    expect(site.complaints.splice(0)).toEqual([NOT_THERE]);
  },
);

browser(
  "a folder that is dropped is backed up; a full place and a lost network are told, and leave nothing undone",
  async () => {
    await newDevice();
    await turnOn();
    const devtools = await page.context().newCDPSession(page);
    const drop = async (...files: string[]) => {
      for (const type of ["dragEnter", "dragOver", "drop"] as const) {
        const data = { items: [], files, dragOperationsMask: 1 };
        await devtools.send("Input.dispatchDragEvent", { type, x: 200, y: 300, data });
      }
    };
    await drop(few, join(holidays, "large.bin"));
    await page.getByText("Drop one folder, and nothing beside it").waitFor();
    await drop(few);
    await step("Back this up?");
    expect((await page.locator("dd").allTextContents()).slice(0, 2)).toEqual(["few", "17"]);
    server.status = (method) => (method === "PUT" ? 507 : undefined);
    await press("Back it up");
    await step("That did not end well");
    await page.getByText("There is no space left.").waitFor();
    server.status = () => undefined;
    await page.route("**/app/backups/**", (route) => route.abort());
    await press("Try again");
    await page.getByText("The place of your backups cannot be reached.").waitFor();
    await page.unroute("**/app/backups/**");
    await press("Try again");
    await step("Your files are backed up");
    // In a folder of the user's own lies the same repository.
    await press("Back to your files");
    await press("Keep backups in a folder of mine");
    await page.getByText("Your backups lie in your folder “target”.").waitFor();
    await press("Get files back");
    await page.getByText("No backup of this key is there.").waitFor();
    await press("Back to your files");
    await backUpChosen();
    expect([...(await inBrowser("target")).keys()].filter((name) => /^(COFFER|key|snapshots)/.test(name))).toHaveLength(
      3,
    );
    await press("Back to your files");
    await openNewest();
    await page.close();
    // The browser itself says what it was refused.
    expect(site.complaints.splice(0).filter((one) => !/404|507|ERR_FAILED/.test(one))).toEqual([]);
  },
);

browser(
  "a browser without folders reads backups from one that is chosen, and saves file by file, by keyboard",
  async () => {
    await newDevice();
    await turnOn();
    await backUpChosen();
    await page.close();
    await newDevice({ ...ENGLISH, acceptDownloads: true }, "");
    await page.route("**/console.json", (route) => route.fulfill({ json: settings(undefined) }));
    await page.reload();
    await recover();
    await page.getByText("Choose first where your backups lie.").waitFor();
    await page.getByText("This browser lets no page write into folders.").waitFor();
    await page.getByLabel("Folder with your backups").setInputFiles(server.folder);
    await page.getByText("this browser does not let the page write there").waitFor();
    await page.getByRole("button", { name: "Get files back" }).focus();
    await page.keyboard.press("Enter");
    await step("Backups that are there, the newest first");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await step("What is in this backup");
    await page.getByRole("button", { name: "Save a:b (32 byte)", exact: true }).focus();
    const [saving] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    expect(readFileSync(await saving.path(), "utf8")).toBe(MARKER);
    expect(saving.suggestedFilename()).toBe("a_b");
    await page.getByText("a_b was handed to the browser").waitFor();
    await page.close();
    expect(site.complaints.splice(0)).toEqual([NOT_THERE]);
  },
);

browser("in German, on a phone's width, in the dark", async () => {
  await newDevice();
  await turnOn();
  await backUpChosen();
  await page.close();
  await newDevice({ locale: "de-DE", viewport: { width: 320, height: 640 }, colorScheme: "dark" });
  const narrow = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await page.getByLabel("Konto").fill("alice");
  await press("Weiter");
  await press("Meinen Schlüssel mit dem Code zurückholen");
  await page.getByLabel("Wiederherstellungscode").fill(RIGHT);
  await press("Meinen Schlüssel zurückholen");
  await press("Ihre Dateien: sichern, zurückholen");
  await step("Ihre Dateien");
  await narrow();
  await press("Dateien zurückholen");
  await step("Backups, die da sind, das neueste zuerst");
  await narrow();
  await page.locator(".files button").first().click();
  await step("Was in diesem Backup ist");
  await press("day 1 öffnen");
  await page.getByText("day 1", { exact: true }).waitFor();
  await narrow();
  await press("All das in einen Ordner zurückholen");
  await step("Ihre Dateien sind zurück");
  await page.getByText("Unter anderem Namen").click();
  await narrow();
  await page.getByLabel("Sprache").selectOption("en");
  await page.getByRole("heading", { level: 1, name: "Your files are back" }).waitFor();
  await page.close();
  expect(site.complaints.splice(0)).toEqual([NOT_THERE]);
});

/** The Java program, where `./coffer` has built it. */
const COFFER = fileURLToPath(new URL("../../../coffer", import.meta.url));
const BUILT = existsSync(fileURLToPath(new URL("../../../lab/target/dist/built", import.meta.url)));
if (!BUILT) {
  console.log("SKIPPED: no files of the Java program in a browser: run ./coffer help first, which builds it");
}

test.skipIf(CHROMIUM === undefined || !BUILT)(
  "what the page backed up the Java program restores, and the other way round",
  async () => {
    const home = mkdtempSync(join(tmpdir(), "coffer-java-"));
    const coffer = (input: string, ...args: string[]) =>
      execFileSync(COFFER, args, {
        input,
        env: { ...process.env, COFFER_HOME: home, COFFER_ACCOUNT: "alice", COFFER_NO_BUILD: "1" },
        stdio: ["pipe", "ignore", "inherit"],
      });
    await newDevice();
    await turnOn();
    await backUpChosen();
    await press("Back to your key");
    await press("Write down the 64-digit key");
    const digits = await page.locator(".key code").allTextContents();
    coffer(digits.join(" "), "key", "use", "--digits-stdin");
    const restored = join(home, "restored");
    coffer("", "restore", restored, "-r", server.folder);
    expect(onDisk(restored)).toEqual(onDisk(few));
    expect(statSync(join(restored, "a:b")).mtimeMs).toBe(Math.floor(statSync(join(few, "a:b")).mtimeMs));

    writeFileSync(join(restored, "of the program"), "by Java");
    coffer("", "backup", restored, "-r", server.folder);
    await press("Back to the start");
    await press("Your files: back up, get back");
    await openNewest();
    await press("Get all of this back into a folder");
    await step("Your files are back");
    const [disk, back] = [onDisk(restored), await inBrowser("target")];
    expect(back.get("of the program")).toBe(disk.get("of the program"));
    expect([...back.values()].sort()).toEqual([...disk.values()].sort());
    await page.close();
    rmSync(home, { recursive: true, force: true });
    expect(site.complaints.splice(0)).toEqual([NOT_THERE]);
  },
);
