import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, text as decodeUtf8, equal } from "../codec/bytes.js";
import type { BackupSecret } from "../secret/secrets.js";
import {
  BackupLimits,
  comparePaths,
  dataPath,
  type Entry,
  type EntryPath,
  type FileEntry,
  isAttribute,
  type NameLine,
  type Piece,
  parseAttributes,
  parseEntry,
  parsePiece,
  type Snapshot,
} from "./listing.js";
import { DamagedObject, listed, type ObjectReader, SealedObjects } from "./objects.js";
import { readSnapshot, snapshotIds } from "./snapshots.js";

/** What is in a repository, and which snapshots cannot be read. */
export interface SnapshotList {
  /** The newest first. */
  readonly snapshots: readonly Snapshot[];
  readonly damaged: readonly string[];
}

/** A part of a file list that could not be read: what follows `after` may be missing. */
export interface ListingProblem {
  readonly after: EntryPath | undefined;
  readonly sentence: string;
}

const CACHED_MAX = 16;

/** Whether these parts, one after another, are a file's content. */
export async function isContent(file: FileEntry, parts: AsyncIterable<Uint8Array>): Promise<boolean> {
  const digest = sha256.create();
  for await (const part of parts) {
    digest.update(part);
  }
  return equal(digest.digest(), file.sha256);
}

/** Whether an entry may stand behind that path. */
function follows(entry: Entry | NameLine, last: EntryPath | undefined): boolean {
  const order = last === undefined ? 1 : comparePaths(entry.path, last);
  return order > 0 || (order === 0 && entry.kind === "omitted");
}

/**
 * Reads a backup repository (docs/restore-with-age.md). Nothing is believed that its name, a MAC under K, does not vouch
 * for. A store can take objects away, or show an older state as the newest: compare the newest snapshot's time with what
 * the user expects. One thread's.
 */
export class BackupRepository {
  readonly #store: ObjectReader;
  readonly #objects: SealedObjects;
  readonly #cache = new Map<string, Bytes>();

  private constructor(store: ObjectReader, secret: BackupSecret) {
    this.#store = store;
    this.#objects = new SealedObjects(store, secret);
  }

  /** Opens the repository; nothing if there is none, or if it belongs to another key. */
  static async open(store: ObjectReader, secret: BackupSecret): Promise<BackupRepository | undefined> {
    const repository = new BackupRepository(store, secret);
    for await (const { name } of listed(store, "key/")) {
      try {
        await repository.#objects.read("key", name, name.slice("key/".length));
        return repository;
      } catch (error) {
        if (!(error instanceof DamagedObject)) {
          throw error;
        }
      }
    }
    repository.close();
    return undefined;
  }

  /** Erases the keys. */
  close(): void {
    this.#objects.close();
    this.#cache.clear();
  }

  async #data(name: string): Promise<Bytes> {
    const known = this.#cache.get(name);
    const content = known ?? (await this.#objects.read("data", dataPath(name), name.slice(0, 64)));
    // Used last comes last: the files of a pack follow each other.
    this.#cache.delete(name);
    this.#cache.set(name, content);
    if (this.#cache.size > CACHED_MAX) {
      this.#cache.delete(this.#cache.keys().next().value as string);
    }
    return content;
  }

  async #piece({ object, offset, size }: Piece): Promise<Bytes> {
    const content = await this.#data(object);
    if (offset + size > content.length) {
      throw new DamagedObject(dataPath(object), "is shorter than the file list says");
    }
    return content.slice(offset, offset + size);
  }

  /** All snapshots, the newest first. */
  async snapshots(): Promise<SnapshotList> {
    const snapshots: Snapshot[] = [];
    const damaged: string[] = [];
    for (const id of await snapshotIds(this.#store)) {
      const snapshot = await readSnapshot(this.#objects, id);
      if (snapshot === undefined) {
        damaged.push(id);
      } else {
        snapshots.push(snapshot);
      }
    }
    return { snapshots, damaged };
  }

  /**
   * The entries of a snapshot in the order of their paths, strictly ascending but for `omitted`. What is not understood,
   * out of order or lost is told and left out: whoever wrote the list knew K, but may have been hostile or wrong all the
   * same.
   */
  async *entries(snapshot: Snapshot, onProblem: (problem: ListingProblem) => void): AsyncGenerator<Entry, void, void> {
    let firstNames: ReadonlyMap<string, FileEntry> | undefined;
    for await (const entry of this.#listed(snapshot, onProblem)) {
      if (entry.kind !== "name") {
        yield entry;
        continue;
      }
      // Most snapshots have no hard links; where one has, two more passes over its list cost less than all files in memory.
      firstNames ??= await this.#firstNames(snapshot);
      const { path, target, size, sha256 } = entry;
      const file = firstNames.get(target.text);
      if (file !== undefined && file.size === size && equal(file.sha256, sha256)) {
        yield { ...file, path, firstName: target };
      } else {
        onProblem({ after: path, sentence: `${path.text} is left out, because its other name is (${target.text})` });
      }
    }
  }

  /** The files that have other names, by the first. */
  async #firstNames(snapshot: Snapshot): Promise<ReadonlyMap<string, FileEntry>> {
    const silently = () => undefined;
    const wanted = new Set<string>();
    for await (const entry of this.#listed(snapshot, silently)) {
      if (entry.kind === "name") {
        wanted.add(entry.target.text);
      }
    }
    const files = new Map<string, FileEntry>();
    for await (const entry of this.#listed(snapshot, silently)) {
      if (entry.kind === "file" && wanted.has(entry.path.text)) {
        files.set(entry.path.text, entry);
      }
    }
    return files;
  }

  async *#listed(
    snapshot: Snapshot,
    onProblem: (problem: ListingProblem) => void,
  ): AsyncGenerator<Entry | NameLine, void, void> {
    let last: EntryPath | undefined;
    const report = (sentence: string) => onProblem({ after: last, sentence });
    const lines = this.#lines(snapshot, () => report("part of the file list is missing or damaged"));
    let line = await lines.next();
    while (line.done !== true) {
      const entry = line.value === undefined ? undefined : parseEntry(line.value);
      if (entry === undefined || !follows(entry, last)) {
        if (line.value !== undefined && !line.value.startsWith("p\t") && !isAttribute(line.value)) {
          report("a line of the file list is not understood; use the version of Coffer that wrote it");
        }
        line = await lines.next();
        continue;
      }
      const about: string[] = [];
      line = await lines.next();
      while (line.done !== true && isAttribute(line.value)) {
        if (about.length < BackupLimits.ATTRIBUTES_MAX) {
          about.push(line.value);
        }
        line = await lines.next();
      }
      const attributes = parseAttributes(about);
      if (entry.kind !== "file") {
        last = entry.path;
        yield entry.kind === "directory" || entry.kind === "link" ? { ...entry, attributes } : entry;
        continue;
      }
      const pieces: Piece[] = [];
      let missing = entry.size;
      while (missing > 0 && line.done !== true) {
        const piece = line.value === undefined ? undefined : parsePiece(line.value);
        if (piece === undefined || piece.size > missing || pieces.length === BackupLimits.PIECES_MAX) {
          break;
        }
        pieces.push(piece);
        missing -= piece.size;
        line = await lines.next();
      }
      if (missing > 0) {
        report(`the part of the file list that is about ${entry.path.text} is damaged`);
        continue;
      }
      last = entry.path;
      yield { ...entry, pieces, attributes };
    }
  }

  /** The lines of a file list; nothing in place of a page that is lost. */
  async *#lines(snapshot: Snapshot, onLost: () => void): AsyncGenerator<string | undefined, void, void> {
    for (const page of snapshot.pages) {
      let text: string | undefined;
      try {
        text = decodeUtf8(await this.#piece(page));
      } catch (error) {
        if (!(error instanceof DamagedObject)) {
          throw error;
        }
      }
      if (text === undefined) {
        onLost();
        yield undefined;
      } else {
        yield* text.split("\n").filter((line) => line !== "");
      }
    }
  }

  /**
   * A file's content, part by part, each verified. Ends with an error if the whole is not what the list says: nothing that
   * came before may be kept then.
   */
  async *content(file: FileEntry): AsyncGenerator<Bytes, void, void> {
    const digest = sha256.create();
    for (const piece of file.pieces) {
      const part = await this.#piece(piece);
      digest.update(part);
      yield part;
    }
    if (!equal(digest.digest(), file.sha256)) {
      throw new DamagedObject(file.path.text, "differs from its hash");
    }
  }
}
