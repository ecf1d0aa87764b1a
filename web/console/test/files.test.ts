import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BackupSecret } from "@coffer/client";
import { BackupRepository } from "@coffer/client/backup";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Files, type FilesScreen } from "../src/files/files.js";
import { chosenStore, PlaceFailed, serverStore } from "../src/files/places.js";
import { blobOf, safeName } from "../src/files/restored.js";
import { sizeText } from "../src/files/strings.js";
import { arrange, ENTRIES_MAX, fromField, TooMany } from "../src/files/taken.js";
import { BackupServer } from "./backup-server.js";

/** What the page does with files, against an app's server on loopback; screens and folders are Chromium's. */

const SECRET = BackupSecret.of(new Uint8Array(32).fill(7));
const NEVER = new AbortController().signal;

let server: BackupServer;
let http: Server;
let address: string;
let saved: [string, Blob][];
let progress: number[];
let screens: FilesScreen[];

beforeEach(async () => {
  server = new BackupServer();
  http = createServer((request, response) => void server.serve(request, response));
  await new Promise<void>((resolve) => http.listen(0, "localhost", resolve));
  address = `http://localhost:${(http.address() as AddressInfo).port}/app/backups/`;
  [saved, progress, screens] = [[], [], []];
});

afterEach(() => {
  http.close();
  http.closeAllConnections();
  server.close();
});

/** A file as a field for folders gives it. */
function file(path: string, content: string, lastModified = 1_700_000_000_123): File {
  const made = new File([content], path.split("/").at(-1) as string, { lastModified });
  return Object.defineProperty(made, "webkitRelativePath", { value: path });
}

function unreadable(path: string, from: number): File {
  const made = file(path, "x".repeat(100));
  const broken = new ReadableStream({
    pull: (control) => control.error(new DOMException("changed", "NotReadableError")),
  });
  const slice = () => ({
    arrayBuffer: async () => {
      if (from === 0) {
        throw new DOMException("gone", "NotReadableError");
      }
      return new ArrayBuffer(1);
    },
  });
  return Object.defineProperties(made, { stream: { value: () => broken }, slice: { value: slice } });
}

const HOLIDAYS = [
  file("holidays/b/zürich ✓.txt", "lake"),
  file("holidays/a.txt", "first"),
  file("holidays/b/empty", ""),
  file("holidays/b-side", "after the folder b, whose content follows it"),
];

function page(secret = SECRET): Files {
  return new Files({
    secret,
    server: address,
    pick: undefined,
    changed: (screen) => screens.push(screen),
    progress: (done) => progress.push(done),
    save: (name, content) => saved.push([name, content]),
  });
}

function shown<K extends FilesScreen["at"]>(files: Files, at: K): Extract<FilesScreen, { at: K }> {
  expect(files.screen).toMatchObject({ at });
  return files.screen as Extract<FilesScreen, { at: K }>;
}

async function backedUp(files: Files, chosen: readonly File[] = HOLIDAYS): Promise<void> {
  await files.takeDrop(async () => fromField(chosen));
  await files.backUp(shown(files, "take").taken);
}

test("what is chosen is counted, backed up with progress, listed, looked into and saved, octet for octet", async () => {
  const files = page();
  await files.takeDrop(async () => fromField(HOLIDAYS));
  expect(shown(files, "take").taken).toMatchObject({ source: "holidays", files: 4, bytes: 53, leftOut: [] });
  await files.backUp(shown(files, "take").taken);
  expect(shown(files, "backed-up")).toMatchObject({
    snapshot: { files: 4, directories: 2, bytes: 53, source: "holidays" },
    leftOut: [],
  });
  expect(progress.at(-1)).toBe(53);
  const other = page();
  await other.showSnapshots();
  const [snapshot] = shown(other, "snapshots").list;
  await other.open(snapshot as NonNullable<typeof snapshot>);
  expect(shown(other, "folder").folder).toMatchObject({ folders: ["b"], count: 4, bytes: 53, problems: 0 });
  await other.open(shown(other, "folder").snapshot, "b");
  const { folder } = shown(other, "folder");
  expect(folder.files.map(({ path }) => path.text)).toEqual(["b/empty", "b/zürich ✓.txt"]);
  expect(folder.files[1]?.modified).toEqual({ seconds: 1_700_000_000, nanos: 123_000_000 });
  await other.saveFile(shown(other, "folder").snapshot, folder, folder.files[1] as (typeof folder.files)[0]);
  expect(shown(other, "folder").told).toBe("zürich ✓.txt");
  expect(saved.map(([name]) => name)).toEqual(["zürich ✓.txt"]);
  expect(await saved[0]?.[1].text()).toBe("lake");
});

test("what is backed up once more is hardly sent again, and far less is asked about first", async () => {
  const files = page();
  await backedUp(files);
  const first = shown(files, "backed-up").sent;
  await backedUp(files);
  expect(shown(files, "backed-up").sent).toBeLessThan(first);
  await backedUp(files, HOLIDAYS.slice(1, 2));
  const { taken } = shown(files, "shrunk");
  expect(server.names("snapshots/")).toHaveLength(2);
  await files.backUp(taken, true);
  expect(shown(files, "backed-up").snapshot.files).toBe(1);
});

test("each thing that a place may do has its own words, and the same once more goes on", async () => {
  const files = page();
  const whys: string[] = [];
  for (const status of [303, 401, 403, 404, 413, 500, 507]) {
    server.status = (method) => (method === "PUT" ? status : undefined);
    await backedUp(files);
    whys.push(shown(files, "failed").why);
  }
  expect(whys).toEqual(["login", "login", "refused", "refused", "full", "refused", "full"]);
  server.status = () => undefined;
  await files.again();
  shown(files, "backed-up");
  http.close();
  http.closeAllConnections();
  await files.showSnapshots();
  expect(shown(files, "failed").why).toBe("offline");
});

test("a place without backups, and one of another key, is told from one with damage", async () => {
  const files = page();
  await files.showSnapshots();
  expect(shown(files, "failed").why).toBe("nothing-there");
  await backedUp(files);
  const stranger = page(BackupSecret.of(new Uint8Array(32).fill(8)));
  await stranger.showSnapshots();
  expect(shown(stranger, "failed").why).toBe("nothing-there");
  await backedUp(stranger);
  expect(shown(stranger, "failed").why).toBe("other-key");
  await files.showSnapshots();
  const [snapshot] = shown(files, "snapshots").list;
  server.status = (method, name) => (method === "GET" && name.startsWith("data/") ? 404 : undefined);
  await files.open(snapshot as NonNullable<typeof snapshot>);
  expect(shown(files, "folder").folder).toMatchObject({ count: 0, problems: 1 });
});

test("whoever stops is told that nothing is lost, and goes on", async () => {
  const files = page();
  server.status = (method, name) => {
    if (method === "PUT" && name.startsWith("data/")) {
      files.cancel();
    }
    return undefined;
  };
  await backedUp(files);
  expect(shown(files, "failed").why).toBe("stopped");
  expect(server.names("snapshots/")).toEqual([]);
  server.status = () => undefined;
  await files.again();
  shown(files, "backed-up");
});

test("a file that cannot be opened is left out and named; one that breaks off ends it, or is left out by the user", async () => {
  const files = page();
  await backedUp(files, [...HOLIDAYS, unreadable("holidays/locked", 0)]);
  expect(shown(files, "backed-up")).toMatchObject({ leftOut: ["locked"], snapshot: { files: 4 } });
  await backedUp(files, [...HOLIDAYS, unreadable("holidays/log", 1)]);
  expect(shown(files, "failed")).toMatchObject({ why: "breaks-off", path: "log" });
  await files.leaveOut("log");
  expect(shown(files, "backed-up")).toMatchObject({ leftOut: ["log"], snapshot: { files: 4 } });
});

test("nothing chosen, two things dropped and too many files are no backup, and no dead end", async () => {
  const files = page();
  files.takeField([]);
  expect(shown(files, "start").why).toBe("no-files");
  await files.takeDrop(undefined);
  expect(shown(files, "start").why).toBe("not-one-folder");
  expect(() => fromField({ length: ENTRIES_MAX + 1 })).toThrow(TooMany);
  await files.takeDrop(async () => {
    throw new TooMany();
  });
  expect(shown(files, "failed").why).toBe("too-many");
  await files.again();
  shown(files, "start");
});

test("paths ascend as a repository has them; what it cannot hold, or is there twice, is left out", () => {
  const found = ["b/x", "b-side", "b", "a", "../up", "a", "c/\u{10ffff}", "c/\u{e000}"].map((path) => ({
    path,
    ...(path === "b" ? {} : { file: file(path, "x") }),
  }));
  const taken = arrange("source", found, ["lost"]);
  expect(taken.entries.map(({ path }) => path)).toEqual([
    ".",
    "a",
    "b",
    "b/x",
    "b-side",
    "c",
    "c/\u{e000}",
    "c/\u{10ffff}",
  ]);
  expect(taken.leftOut).toEqual(expect.arrayContaining(["lost", "../up", "a"]));
});

test("names are those that every system takes, and lead nowhere", () => {
  const names: Readonly<Record<string, string>> = {
    "plain ✓.txt": "plain ✓.txt",
    "a:b?c*": "a_b_c_",
    "back\\0134slash": "back_slash",
    "bell\\0007": "bell_",
    "not\\0377utf8": "not_utf8",
    "ends. . ": "ends____",
    "CON.txt": "_CON.txt",
    console: "console",
    "x.lnk": "_x.lnk",
    "gpj.\u202eexe": "gpj._exe",
  };
  expect(Object.keys(names).map(safeName)).toEqual(Object.values(names));
});

test("an app's server is believed nothing: names that lead elsewhere, long answers and other pages", async () => {
  const answering = (body: BodyInit, status = 200) =>
    serverStore("app/", NEVER, async () => new Response(status === 204 ? null : body, { status }));
  const listed = async (body: string) => {
    const names: unknown[] = [];
    for await (const one of answering(body).list("key/")) {
      names.push(one);
    }
    return names;
  };
  const [good, odd] = [{ name: "key/00", size: 1 }, [{ name: "key/../../me", size: 1 }, { name: "data/00" }, "key/1"]];
  expect(await listed(JSON.stringify([good, ...odd]))).toEqual([good]);
  await expect(listed("<html>")).rejects.toThrow(PlaceFailed);
  await expect(listed("{}")).rejects.toThrow(PlaceFailed);
  await expect(answering("12345").get("key/00", 4)).rejects.toThrow("larger");
  expect(await answering("1234").get("key/00", 4)).toHaveLength(4);
  expect(await answering("", 404).get("key/00", 4)).toBeUndefined();
});

test("a folder that can only be read is read as it was chosen", async () => {
  await backedUp(page());
  const names = server.names();
  const store = serverStore(address, NEVER);
  const chosen = await Promise.all(
    names.map(async (name) => {
      const made = new File([(await store.get(name, 1 << 20)) as Uint8Array<ArrayBuffer>], name);
      return Object.defineProperty(made, "webkitRelativePath", { value: `stick/${name}` });
    }),
  );
  const repository = await BackupRepository.open(chosenStore(chosen, NEVER), SECRET);
  const [snapshot] = (await repository?.snapshots())?.snapshots ?? [];
  const contents: string[] = [];
  for await (const entry of repository?.entries(snapshot as NonNullable<typeof snapshot>, () => undefined) ?? []) {
    if (entry.kind === "file") {
      const blob = await blobOf(repository as BackupRepository, entry, { signal: NEVER, done: () => undefined });
      contents.push(await blob.text());
    }
  }
  expect(contents.sort()).toEqual((await Promise.all(HOLIDAYS.map((one) => one.text()))).sort());
});

test("sizes are said as people read them, in their language", () => {
  expect(sizeText(0, "en")).toBe("0 byte");
  expect(sizeText(999, "en")).toBe("999 byte");
  expect(sizeText(1_234_567, "de")).toBe("1,23 MB");
  expect(sizeText(5e15, "en")).toBe("5,000 TB");
});
