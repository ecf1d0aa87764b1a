import type { Bytes } from "@coffer/client";
import { type BackupSource, comparePaths, type EntryPath, pathOf } from "@coffer/client/backup";

/** What a folder that was chosen or dropped holds, and what of it a backup takes. */

/** A file, or a directory where there is none. */
export interface Found {
  /** Below the folder, `/` between. */
  readonly path: string;
  readonly file?: File;
}

export interface Taken {
  /** What the folder is called. */
  readonly source: string;
  /** In the order that a backup wants. */
  readonly entries: readonly (Found & { readonly seconds: number; readonly nanos: number })[];
  readonly files: number;
  readonly bytes: number;
  /** Paths that no backup can hold, names that are there twice, and what the browser does not let the page look at. */
  readonly leftOut: readonly string[];
}

/** More than a page can hold in its memory: `coffer backup` takes them. */
export class TooMany extends Error {}

/** A file's content could not be read to its end. */
export class Unreadable extends Error {
  readonly path: string;

  constructor(path: string) {
    super("a file could not be read");
    this.path = path;
  }
}

export const ENTRIES_MAX = 200_000;
const FILES_WITHOUT_FOLDER = "files";

/** All directories above a path, the folder itself first. */
function above(path: string): string[] {
  const parts = path.split("/");
  return [".", ...parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"))];
}

/** Orders what was found, with the directories above it; a directory is as old as the newest file in it. */
export function arrange(source: string, found: readonly Found[], lost: readonly string[] = []): Taken {
  const byText = new Map<string, { path: EntryPath; plain: string; file?: File; millis: number }>();
  const leftOut = [...lost];
  const take = (plain: string, millis: number, file?: File) => {
    const path = pathOf(plain);
    const there = path && byText.get(path.text);
    if (path === undefined || (file !== undefined && there !== undefined)) {
      leftOut.push(plain);
    } else if (there === undefined) {
      byText.set(path.text, file === undefined ? { path, plain, millis } : { path, plain, file, millis });
    } else {
      there.millis = Math.max(there.millis, millis);
    }
  };
  take(".", 0);
  for (const { path, file } of found) {
    const millis = file?.lastModified ?? 0;
    for (const directory of above(path)) {
      take(directory, millis);
    }
    take(path, millis, file);
  }
  const kept = [...byText.values()].sort((a, b) => comparePaths(a.path, b.path));
  const files = kept.flatMap(({ file }) => (file === undefined ? [] : [file]));
  return {
    source,
    entries: kept.map(({ plain, file, millis }) => {
      const time = { seconds: Math.floor(millis / 1000), nanos: (millis - 1000 * Math.floor(millis / 1000)) * 1e6 };
      return file === undefined ? { path: plain, ...time } : { path: plain, file, ...time };
    }),
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    leftOut,
  };
}

/** What a field for folders gives. Where a browser has none, single files. */
export function fromField(files: ArrayLike<File>): Taken {
  const all = Array.from(files);
  if (all.length > ENTRIES_MAX) {
    throw new TooMany();
  }
  const [source = ""] = all[0]?.webkitRelativePath.split("/") ?? [];
  const path = (file: File) => file.webkitRelativePath.split("/").slice(1).join("/") || file.name;
  return arrange(
    source || FILES_WITHOUT_FOLDER,
    all.map((file) => ({ path: path(file), file })),
  );
}

function children(folder: FileSystemDirectoryEntry): () => Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  return () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

interface Walked {
  readonly found: Found[];
  /** What could not be looked at. */
  readonly lost: string[];
}

async function walk(entry: FileSystemEntry, path: string, into: Walked, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (into.found.length >= ENTRIES_MAX) {
    throw new TooMany();
  }
  if (entry.isFile) {
    const file = await new Promise<File | undefined>((resolve) =>
      (entry as FileSystemFileEntry).file(resolve, () => resolve(undefined)),
    );
    file === undefined ? into.lost.push(path) : into.found.push({ path, file });
    return;
  }
  if (path !== "") {
    into.found.push({ path });
  }
  const read = children(entry as FileSystemDirectoryEntry);
  // A browser gives a hundred at a time.
  const next = () =>
    read().catch(() => {
      into.lost.push(path === "" ? entry.name : path);
      return [];
    });
  for (let some = await next(); some.length > 0; some = await next()) {
    for (const child of some) {
      await walk(child, path === "" ? child.name : `${path}/${child.name}`, into, signal);
    }
  }
}

/** What was dropped: nothing unless it is one folder. Call it within the event: what was dropped is gone thereafter. */
export function fromDrop(items: Iterable<DataTransferItem>): ((signal: AbortSignal) => Promise<Taken>) | undefined {
  const [entry, ...more] = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entry?.isDirectory !== true || more.length > 0) {
    return undefined;
  }
  return async (signal) => {
    const into: Walked = { found: [], lost: [] };
    await walk(entry, "", into, signal);
    return arrange(entry.name, into.found, into.lost);
  };
}

async function* contentOf(
  file: File,
  path: string,
  signal: AbortSignal,
  read: (octets: number) => void,
): AsyncGenerator<Bytes, void, void> {
  const reader = file.stream().getReader();
  for (;;) {
    signal.throwIfAborted();
    let part: ReadableStreamReadResult<Bytes>;
    try {
      part = await reader.read();
    } catch {
      throw new Unreadable(path);
    }
    if (part.done) {
      return;
    }
    read(part.value.length);
    yield part.value;
  }
}

export interface Reading {
  readonly signal: AbortSignal;
  /** So many octets more were read, or will not be. */
  readonly read: (octets: number) => void;
  /** Files that are left out, because they cannot be read: what is found so is added. */
  readonly unread: Set<string>;
}

/** What is backed up. A file that cannot be opened is left out; one that breaks off ends it. */
export async function* sourcesOf(taken: Taken, reading: Reading): AsyncGenerator<BackupSource, void, void> {
  for (const { path, file, seconds, nanos } of taken.entries) {
    reading.signal.throwIfAborted();
    const modified = { seconds, nanos };
    if (file === undefined) {
      yield { kind: "directory", path, mode: 0o755, modified };
      continue;
    }
    const opens = file.slice(0, 1).arrayBuffer();
    const readable = await opens.then(
      () => true,
      () => false,
    );
    if (!readable) {
      reading.unread.add(path);
    }
    if (reading.unread.has(path)) {
      reading.read(file.size);
      continue;
    }
    const content = contentOf(file, path, reading.signal, reading.read);
    yield { kind: "file", path, mode: 0o644, modified, content };
  }
}
