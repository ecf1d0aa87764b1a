import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, text as decodeUtf8, hex, utf8 } from "../codec/bytes.js";
import type { BackupSecret } from "../secret/secrets.js";
import {
  BackupLimits,
  comparePaths,
  dataPath,
  type EntryPath,
  escapeOctets,
  isDataName,
  type Modified,
  type Piece,
  parseSnapshot,
  parseTime,
  pathOf,
  type Snapshot,
} from "./listing.js";
import { DamagedObject, listed, type ObjectStore, SealedObjects } from "./objects.js";
import { readSnapshot, snapshotIds } from "./snapshots.js";

/** What is to be backed up, in the order of paths, directories before their content. Paths are relative, `/` between. */
export type BackupSource =
  | { readonly kind: "directory"; readonly path: string; readonly mode: number; readonly modified: Modified }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly mode: number;
      readonly modified: Modified;
      readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
    };

export interface BackUpOptions {
  /** Lets an empty source, or one that holds less than half of what it held before, become the newest snapshot. */
  readonly allowShrink?: boolean;
  /** The clock, since 1970. */
  readonly seconds?: () => number;
}

/** The source is empty or holds far less than before, as where a disk is missing: look, or allow it to shrink. */
export class Shrunk extends Error {}

/** The repository belongs to another key: use that key, or another repository. */
export class WrongKey extends Error {}

const MARKER = "COFFER-BACKUP.txt";
const MARKER_TEXT = `This is a backup repository of Coffer, format 1.

Every other object is a standard age file (age-encryption.org). Whoever holds the 64-digit backup
key can restore everything with Coffer ("coffer restore"), or without it, with the age program, gzip
and a shell: see docs/restore-with-age.md and docs/restore-with-age.sh in Coffer's sources.

Do not rename, change or delete anything in here. A copy of all of it is as good as the original.
`;
const KEY_CONTENT = utf8("coffer-backup 1\n");
const SMALL_FILE_MAX = 512 << 10;
const PACK_CUT_MIN = 1 << 20;
const LISTING_CUT_MIN = 64 << 10;
const VARIANT_MAX = 9;
/** Entries that may wait for the pack that holds their content. */
const WAITING_MAX = 8192;
/** What shrinks to less than this share is rather a missing disk than tidied up. */
const SHRINK_MIN = 0.5;
/** Snapshots that are read to find the newest of the same source. */
const PARENTS_TRIED_MAX = 64;
/** A prune deletes what it condemned no sooner than 24 hours before: a backup that takes half of it is safe beside one. */
const BACKUP_MAX_SECONDS = 12 * 3600;

/** Puts content into the store unless it is there. */
class Uploads {
  readonly #objects: SealedObjects;
  readonly #store: ObjectStore;
  readonly #condemned: ReadonlySet<string>;
  readonly #usable: Set<string>;

  private constructor(store: ObjectStore, objects: SealedObjects, condemned: Set<string>, usable: Set<string>) {
    this.#store = store;
    this.#objects = objects;
    this.#condemned = condemned;
    this.#usable = usable;
  }

  static async begin(store: ObjectStore, objects: SealedObjects): Promise<Uploads> {
    const condemned = await readCondemned(store, objects);
    const usable = new Set<string>();
    for await (const { name: path, possible } of listed(store, "data/")) {
      const name = path.slice("data/ab/".length);
      // What was cut off is stored anew, in its place.
      if (possible && isDataName(name) && dataPath(name) === path && !condemned.has(name)) {
        usable.add(name);
      }
    }
    return new Uploads(store, objects, condemned, usable);
  }

  /** The name of the object that holds this content. */
  async put(content: Bytes): Promise<string> {
    const mac = this.#objects.mac("data", content);
    let name = mac;
    // Content that a prune is about to delete comes back under the next variant.
    for (let variant = 1; this.#condemned.has(name); variant++) {
      if (variant > VARIANT_MAX) {
        throw new Error("too many prunes are under way: finish them, then run the backup again");
      }
      name = `${mac}-${variant}`;
    }
    if (!this.#usable.has(name)) {
      await this.#store.put(dataPath(name), await this.#objects.seal(content));
      this.#usable.add(name);
    }
    return name;
  }
}

/** All names that a prune is going to delete: nothing may rely on them. */
async function readCondemned(store: ObjectStore, objects: SealedObjects): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { name: path } of listed(store, "condemned/")) {
    const id = path.slice("condemned/".length);
    if (parseTime(id.slice(0, 16)) === undefined || !/^[0-9a-f]{64}$/.test(id.slice(17))) {
      continue;
    }
    try {
      const lines = decodeUtf8(await objects.read("condemned", path, id.slice(17)))?.split("\n") ?? [];
      const framed =
        lines[0] === "coffer-condemned 1" && lines[1] === `time ${id.slice(0, 16)}` && lines.at(-2) === "end";
      for (const name of framed ? lines.slice(2, -2) : []) {
        names.add(name);
      }
    } catch (error) {
      if (!(error instanceof DamagedObject)) {
        throw error;
      }
    }
  }
  return names;
}

/** An entry's line, and its pieces once the pack that holds them is cut. */
interface Waiting {
  readonly path: EntryPath;
  readonly line: string;
  pieces: readonly Piece[] | undefined;
}

/** Packs small files together, keeps entries in order until their packs are stored, and writes the list in pages. */
class Listing {
  readonly pages: Piece[] = [];
  readonly #uploads: Uploads;
  #waiting: Waiting[] = [];
  #pack: { parts: Bytes[]; size: number; slots: { entry: Waiting; offset: number; size: number }[] };
  #page: Bytes[] = [];
  #pageSize = 0;

  constructor(uploads: Uploads) {
    this.#uploads = uploads;
    this.#pack = { parts: [], size: 0, slots: [] };
  }

  async add(path: EntryPath, line: string, pieces: readonly Piece[]): Promise<void> {
    this.#waiting.push({ path, line, pieces });
    if (this.#waiting.length >= WAITING_MAX) {
      await this.#cut();
    }
  }

  async addSmall(path: EntryPath, line: string, content: Bytes): Promise<void> {
    if (this.#pack.size + content.length > BackupLimits.OBJECT_PLAIN_MAX) {
      await this.#cut();
    }
    const entry: Waiting = { path, line, pieces: undefined };
    this.#waiting.push(entry);
    this.#pack.slots.push({ entry, offset: this.#pack.size, size: content.length });
    this.#pack.parts.push(content);
    this.#pack.size += content.length;
    if (this.#pack.size >= PACK_CUT_MIN) {
      await this.#cut();
    }
  }

  async #cut(): Promise<void> {
    const { parts, size, slots } = this.#pack;
    if (size > 0) {
      const object = await this.#uploads.put(concat(...parts));
      for (const slot of slots) {
        slot.entry.pieces = [{ object, offset: slot.offset, size: slot.size }];
      }
    }
    this.#pack = { parts: [], size: 0, slots: [] };
    for (const { path, line, pieces } of this.#waiting) {
      await this.#write(path, [line, ...(pieces ?? []).map(pieceLine)]);
    }
    this.#waiting = [];
  }

  async #write(path: EntryPath, lines: readonly string[]): Promise<void> {
    // Cut where the path says so: a list that hardly changed has most of its pages again.
    if (this.#pageSize >= LISTING_CUT_MIN && sha256(path.octets)[0] === 0) {
      await this.#cutPage();
    }
    for (const text of lines) {
      const line = utf8(`${text}\n`);
      if (this.#pageSize + line.length > BackupLimits.PAGE) {
        await this.#cutPage();
      }
      this.#page.push(line);
      this.#pageSize += line.length;
    }
  }

  async #cutPage(): Promise<void> {
    if (this.#pageSize > 0) {
      this.pages.push({ object: await this.#uploads.put(concat(...this.#page)), offset: 0, size: this.#pageSize });
    }
    this.#page = [];
    this.#pageSize = 0;
  }

  async finish(): Promise<void> {
    await this.#cut();
    await this.#cutPage();
  }
}

function pieceLine({ object, offset, size }: Piece): string {
  return `p\t${object}\t${offset}\t${size}`;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

function time({ seconds, nanos }: Modified): string {
  return `${seconds}.${nanos.toString().padStart(9, "0")}`;
}

/** Parts of any size as pages of 1 MiB; the last one may be shorter, and empty. */
async function* pagesOf(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Bytes, void, void> {
  let page = new Uint8Array(BackupLimits.PAGE);
  let size = 0;
  for await (const part of parts) {
    for (let at = 0; at < part.length; ) {
      const taken = Math.min(part.length - at, page.length - size);
      page.set(part.subarray(at, at + taken), size);
      at += taken;
      size += taken;
      if (size === page.length) {
        yield page;
        page = new Uint8Array(BackupLimits.PAGE);
        size = 0;
      }
    }
  }
  yield page.slice(0, size);
}

async function writeFile(
  listing: Listing,
  uploads: Uploads,
  path: EntryPath,
  file: Extract<BackupSource, { kind: "file" }>,
): Promise<number> {
  const digest = sha256.create();
  const pieces: Piece[] = [];
  let size = 0;
  const line = () =>
    ["f", octal(file.mode), time(file.modified), size, hex(digest.digest()), "-", path.text].join("\t");
  for await (const page of pagesOf(file.content)) {
    digest.update(page);
    size += page.length;
    if (size === page.length && size <= SMALL_FILE_MAX) {
      if (size === 0) {
        await listing.add(path, line(), []);
      } else {
        await listing.addSmall(path, line(), page);
      }
      return size;
    }
    if (page.length > 0) {
      pieces.push({ object: await uploads.put(page), offset: 0, size: page.length });
    }
    if (pieces.length > BackupLimits.PIECES_MAX) {
      throw new Error("a file is larger than a repository can hold");
    }
  }
  await listing.add(path, line(), pieces);
  return size;
}

/** Refuses a repository of another key; makes one where there is none. */
async function initialise(store: ObjectStore, objects: SealedObjects): Promise<void> {
  const keyPath = `key/${objects.mac("key", KEY_CONTENT)}`;
  let others = false;
  for await (const { name, possible } of listed(store, "key/")) {
    if (name === keyPath && possible) {
      return;
    }
    others ||= name !== keyPath;
  }
  if (others) {
    throw new WrongKey("this repository was written under another key");
  }
  if ((await store.get(MARKER, BackupLimits.OBJECT_MAX)) === undefined) {
    await store.put(MARKER, utf8(MARKER_TEXT));
  }
  await store.put(keyPath, await objects.seal(KEY_CONTENT));
}

/** The time of the next snapshot: two in a second, or a clock that was set back, leave the newest the newest by name. */
function nextTime(ids: readonly string[], now: number): number {
  const taken = parseTime(ids[0]?.slice(0, 16) ?? "");
  return taken === undefined ? Math.floor(now) : Math.max(Math.floor(now), taken + 1);
}

/** The newest snapshot of the same source, if it comes soon. */
async function parentOf(objects: SealedObjects, ids: readonly string[], source: string): Promise<Snapshot | undefined> {
  for (const id of ids.slice(0, PARENTS_TRIED_MAX)) {
    const snapshot = await readSnapshot(objects, id);
    if (snapshot?.source === source) {
      return snapshot;
    }
  }
  return undefined;
}

/** Refuses what is not to become the newest snapshot: an unmounted disk looks like that. */
function checkShrinking({ files, directories, links, bytes }: Counts, before: Snapshot | undefined): void {
  if (files + links === 0 && directories <= 1) {
    throw new Shrunk("the source is empty, so no snapshot was made: see what is missing, or allow it to shrink");
  }
  if (before !== undefined && (files < before.files * SHRINK_MIN || bytes < before.bytes * SHRINK_MIN)) {
    throw new Shrunk(
      `the source holds ${files} files and ${bytes} octets, and held ${before.files} and ${before.bytes} in ${before.id},` +
        " so no snapshot was made: see what is missing, or allow it to shrink",
    );
  }
}

interface Counts {
  files: number;
  directories: number;
  links: number;
  bytes: number;
}

async function writeAll(
  listing: Listing,
  uploads: Uploads,
  entries: AsyncIterable<BackupSource> | Iterable<BackupSource>,
): Promise<Counts> {
  const counts: Counts = { files: 0, directories: 0, links: 0, bytes: 0 };
  let last: EntryPath | undefined;
  for await (const entry of entries) {
    const path = pathOf(entry.path);
    if (path === undefined || (last !== undefined && comparePaths(path, last) <= 0)) {
      throw new Error("paths are relative, without dots, and ascend, directories before their content");
    }
    last = path;
    switch (entry.kind) {
      case "directory":
        await listing.add(
          path,
          ["d", octal(entry.mode), time(entry.modified), "-", "-", "-", path.text].join("\t"),
          [],
        );
        counts.directories++;
        break;
      case "link":
        await listing.add(path, ["l", "-", "-", "-", "-", escapeOctets(utf8(entry.target)), path.text].join("\t"), []);
        counts.links++;
        break;
      case "file":
        counts.bytes += await writeFile(listing, uploads, path, entry);
        counts.files++;
    }
  }
  await listing.finish();
  return counts;
}

/**
 * Backs up entries into a repository, a new one if the store is empty. The snapshot appears only after everything it needs
 * is stored; interrupted, nothing is lost and little is sent again. Several backups may write at a time, from several
 * devices.
 *
 * @param source names what was backed up, as a directory's path does
 * @throws Shrunk unless that is allowed
 */
export async function backUp(
  store: ObjectStore,
  secret: BackupSecret,
  source: string,
  entries: AsyncIterable<BackupSource> | Iterable<BackupSource>,
  { allowShrink = false, seconds = () => Date.now() / 1000 }: BackUpOptions = {},
): Promise<Snapshot> {
  const objects = new SealedObjects(store, secret);
  try {
    const started = seconds();
    await initialise(store, objects);
    const ids = await snapshotIds(store);
    const sourceText = escapeOctets(utf8(source));
    const parent = await parentOf(objects, ids, sourceText);
    const stamp = new Date(nextTime(ids, started) * 1000).toISOString().replace(/[-:]|\.000/g, "");
    const uploads = await Uploads.begin(store, objects);
    const listing = new Listing(uploads);
    const counts = await writeAll(listing, uploads, entries);
    const { files, directories, links, bytes } = counts;
    if (seconds() - started > BACKUP_MAX_SECONDS) {
      throw new Error("a prune may have overtaken this long backup: run it again, it sends little");
    }
    if (!allowShrink) {
      checkShrinking(counts, parent);
    }
    const text = [
      `coffer-snapshot 2\ntime ${stamp}\nsource ${sourceText}\nfiles ${files}\n`,
      `directories ${directories}\nlinks ${links}\nbytes ${bytes}\nproblems 0\nomitted 0\nchecked ${parent?.checked ?? "-"}\n`,
      ...listing.pages.map((page) => `${pieceLine(page)}\n`),
      "end\n",
    ].join("");
    const content = utf8(text);
    if (content.length > BackupLimits.OBJECT_PLAIN_MAX) {
      throw new Error("too many files for one snapshot: back up parts apart");
    }
    const id = `${stamp}-${objects.mac("snapshot", content)}`;
    await store.put(`snapshots/${id}`, await objects.seal(content));
    return parseSnapshot(id, text) as Snapshot;
  } finally {
    objects.close();
  }
}
