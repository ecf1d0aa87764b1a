import type { Bytes } from "@coffer/client";
import {
  type BackupRepository,
  DamagedObject,
  type Entry,
  type FileEntry,
  isContent,
  type Snapshot,
} from "@coffer/client/backup";
import { folderFailed, unlessMissing, writeWhole } from "./places.js";

/** Looks into a snapshot, and writes what it holds into a folder. Names come from the backup, and are made safe. */

/** One folder of a snapshot, as a screen shows it: the first 500 folders and the first 500 files in it. */
export interface Folder {
  /** The snapshot's own path of it; `.` is the root. */
  readonly path: string;
  readonly folders: readonly string[];
  readonly files: readonly FileEntry[];
  /** More is in it than is shown. */
  readonly more: boolean;
  /** All files in it and below. */
  readonly count: number;
  readonly bytes: number;
  /** What could not be read of the list. */
  readonly problems: number;
}

export interface Report {
  readonly files: number;
  readonly bytes: number;
  /** Files that were there already with the same content. */
  readonly same: number;
  /** Other files of these names were there, and are as they were. */
  readonly kept: readonly string[];
  /** Files whose names no browser writes, and what they are called now. */
  readonly renamed: readonly (readonly [string, string])[];
  /** Links to other names, which a browser cannot make. */
  readonly links: readonly string[];
  /** What the backup never had. */
  readonly omitted: readonly string[];
  /** What is damaged in the backup, or what the folder refused. */
  readonly failed: readonly string[];
}

export interface Restoring {
  readonly signal: AbortSignal;
  /** So many octets of files more are done. */
  readonly done: (octets: number) => void;
}

const SHOWN_MAX = 500;
const FOLDER_NAMES_TRIED = 3;
/** Chromium refuses these characters in any name, on any system; the last ones turn the direction of text. */
const UNSAFE = /\\0[0-3][0-7]{2}|["*:<>?|~\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RESERVED = /^(?:con|prn|aux|nul|clock\$|com[0-9]|lpt[0-9]|desktop\.ini|thumbs\.db)(?:\.|$)/i;

/** A part of a path as a name that every system takes. Octets that are no text, or control, are escaped in it. */
export function safeName(part: string): string {
  const name = part.replaceAll(UNSAFE, "_").replace(/[. ]+$/, (end) => "_".repeat(end.length));
  return RESERVED.test(name) || /\.(?:lnk|local|scf|url)$/i.test(name) ? `_${name}` : name;
}

function below(text: string, folder: string): string | undefined {
  if (folder === ".") {
    return text;
  }
  return text.startsWith(`${folder}/`) ? text.slice(folder.length + 1) : undefined;
}

/** What a folder holds, by one pass over the snapshot's list. */
export async function look(
  repository: BackupRepository,
  snapshot: Snapshot,
  path: string,
  signal: AbortSignal,
): Promise<Folder> {
  const folders: string[] = [];
  const files: FileEntry[] = [];
  let [count, bytes, problems, more] = [0, 0, 0, false];
  for await (const entry of repository.entries(snapshot, () => problems++)) {
    signal.throwIfAborted();
    const rest = below(entry.path.text, path);
    if (rest === undefined || entry.path.text === "." || (entry.kind !== "file" && entry.kind !== "directory")) {
      continue;
    }
    if (entry.kind === "file") {
      count++;
      bytes += entry.size;
    }
    if (!rest.includes("/")) {
      more ||= (entry.kind === "file" ? files : folders).length === SHOWN_MAX;
      if (entry.kind === "file") {
        files.length < SHOWN_MAX && files.push(entry);
      } else {
        folders.length < SHOWN_MAX && folders.push(entry.path.text);
      }
    }
  }
  return { path, folders, files, more, count, bytes, problems };
}

/** A file's content, whole and verified, for the browser to save. */
export async function blobOf(
  repository: BackupRepository,
  file: FileEntry,
  { signal, done }: Restoring,
): Promise<Blob> {
  let parts: Blob[] = [];
  for await (const part of repository.content(file)) {
    signal.throwIfAborted();
    done(part.length);
    // A blob of many may lie on the browser's disk; octets would stay in the page's memory.
    parts.push(new Blob([part]));
    if (parts.length === 64) {
      parts = [new Blob(parts)];
    }
  }
  return new Blob(parts);
}

interface Level {
  /** The snapshot's path of the folder. */
  readonly path: string;
  readonly handle: FileSystemDirectoryHandle;
  /** Names that this restore gave, in small letters: some systems know no others. */
  readonly given: Set<string>;
}

/** One restore: entries come parents first, and what is in a folder follows it. */
class Restore {
  readonly report = {
    files: 0,
    bytes: 0,
    same: 0,
    kept: [] as string[],
    renamed: [] as [string, string][],
    links: [] as string[],
    omitted: [] as string[],
    failed: [] as string[],
  };
  readonly #repository: BackupRepository;
  readonly #restoring: Restoring;
  readonly #levels: Level[];

  constructor(repository: BackupRepository, target: FileSystemDirectoryHandle, restoring: Restoring) {
    this.#repository = repository;
    this.#restoring = restoring;
    this.#levels = [{ path: "", handle: target, given: new Set() }];
  }

  /** A name that nothing in that folder has been given. */
  #name(level: Level, part: string): string {
    const safe = safeName(part);
    let name = safe;
    for (let number = 2; level.given.has(name.toLowerCase()); number++) {
      const dot = safe.lastIndexOf(".");
      name = dot > 0 ? `${safe.slice(0, dot)} (${number})${safe.slice(dot)}` : `${safe} (${number})`;
    }
    level.given.add(name.toLowerCase());
    return name;
  }

  /** The folder that a path lies in; nothing if it is not there, as where its line was damaged. */
  async #parent(rest: string): Promise<Level> {
    const directory = rest.includes("/") ? rest.slice(0, rest.lastIndexOf("/")) : "";
    for (let at = this.#levels.at(-1) as Level; !isAt(directory, at.path); at = this.#levels.at(-1) as Level) {
      this.#levels.pop();
    }
    const top = this.#levels.at(-1) as Level;
    const missing = directory
      .slice(top.path.length)
      .split("/")
      .filter((part) => part !== "");
    for (const part of missing) {
      await this.#enter(part);
    }
    return this.#levels.at(-1) as Level;
  }

  /** Goes into a folder, which is made. Where a file has its name, under another. */
  async #enter(part: string): Promise<void> {
    const level = this.#levels.at(-1) as Level;
    const path = level.path === "" ? part : `${level.path}/${part}`;
    for (let tries = 1; ; tries++) {
      const name = this.#name(level, part);
      try {
        const handle = await level.handle.getDirectoryHandle(name, { create: true });
        this.#levels.push({ path, handle, given: new Set() });
      } catch (error) {
        if (tries < FOLDER_NAMES_TRIED && isNamed(error, "TypeMismatchError")) {
          continue;
        }
        throw error;
      }
      if (name !== part) {
        this.report.renamed.push([path, name]);
      }
      return;
    }
  }

  async take(entry: Entry, rest: string): Promise<void> {
    this.#restoring.signal.throwIfAborted();
    const { report } = this;
    try {
      switch (entry.kind) {
        case "omitted":
          report.omitted.push(rest);
          return;
        case "link":
          report.links.push(rest);
          return;
        case "directory":
          await this.#parent(`${rest}/`);
          return;
        case "file":
          await this.#file(entry, rest);
      }
    } catch (error) {
      const its = error instanceof DamagedObject || error instanceof TypeError || isNamed(error, "TypeMismatchError");
      if (!its) {
        throw folderFailed(error);
      }
      report.failed.push(rest);
    }
  }

  async #file(entry: FileEntry, rest: string): Promise<void> {
    const { report } = this;
    const level = await this.#parent(rest);
    const part = rest.slice(rest.lastIndexOf("/") + 1);
    const name = this.#name(level, part);
    if (name !== part) {
      report.renamed.push([rest, name]);
    }
    const there = await unlessMissing(level.handle.getFileHandle(name));
    const size = (there && (await there.getFile()).size) ?? 0;
    // A restore that was stopped leaves an empty file at most.
    if (there !== undefined && (size > 0 || entry.size === 0)) {
      (await this.#isSame(there, entry)) ? report.same++ : report.kept.push(rest);
      this.#restoring.done(entry.size);
      return;
    }
    const file = there ?? (await level.handle.getFileHandle(name, { create: true }));
    try {
      await writeWhole(file, this.#content(entry));
    } catch (error) {
      if (there === undefined) {
        await level.handle.removeEntry(name).catch(() => undefined);
      }
      throw error;
    }
    report.files++;
    report.bytes += entry.size;
  }

  async *#content(entry: FileEntry): AsyncGenerator<Bytes, void, void> {
    for await (const part of this.#repository.content(entry)) {
      this.#restoring.signal.throwIfAborted();
      this.#restoring.done(part.length);
      yield part;
    }
  }

  async #isSame(handle: FileSystemFileHandle, entry: FileEntry): Promise<boolean> {
    const file = await handle.getFile();
    return file.size === entry.size && isContent(entry, partsOf(file, this.#restoring.signal));
  }
}

async function* partsOf(file: File, signal: AbortSignal): AsyncGenerator<Bytes, void, void> {
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    signal.throwIfAborted();
    yield part.value;
  }
}

function isAt(directory: string, level: string): boolean {
  return level === "" || directory === level || directory.startsWith(`${level}/`);
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

/**
 * Writes a snapshot's folder, `.` for all of it, into a folder of the user's. Nothing that is there is changed, so that the
 * same once more goes on where a restore was stopped.
 *
 * @throws PlaceFailed if the folder or the repository's place fails
 */
export async function restoreInto(
  target: FileSystemDirectoryHandle,
  repository: BackupRepository,
  snapshot: Snapshot,
  folder: string,
  restoring: Restoring,
): Promise<Report> {
  const restore = new Restore(repository, target, restoring);
  const lost = () => restore.report.failed.push("…");
  for await (const entry of repository.entries(snapshot, lost)) {
    const rest = entry.path.text === "." ? undefined : below(entry.path.text, folder);
    if (rest !== undefined) {
      await restore.take(entry, rest);
    }
  }
  return restore.report;
}
