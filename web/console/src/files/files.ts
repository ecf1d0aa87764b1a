import type { BackupSecret } from "@coffer/client";
import {
  BackupRepository,
  backUp,
  DamagedObject,
  type FileEntry,
  type ObjectReader,
  type ObjectStore,
  Shrunk,
  type Snapshot,
  WrongKey,
} from "@coffer/client/backup";
import { chosenStore, folderStore, PlaceFailed, type PlaceProblem, serverStore } from "./places.js";
import { blobOf, type Folder, look, type Report, restoreInto, safeName } from "./restored.js";
import { fromField, sourcesOf, type Taken, TooMany, Unreadable } from "./taken.js";

/** Backs up and restores files, without a page: which screen is shown, and what leads from it. */

export type Place =
  | { readonly kind: "server" }
  | { readonly kind: "folder"; readonly name: string; readonly handle: FileSystemDirectoryHandle }
  /** One that can be read alone. */
  | { readonly kind: "chosen"; readonly name: string; readonly files: readonly File[] };

/** Why something did not end well. */
export type Why =
  | PlaceProblem
  | "stopped"
  | "nothing-there"
  | "other-key"
  | "too-many"
  | "breaks-off"
  | "damaged"
  | "too-large"
  | "broken";

export type FilesScreen =
  | { readonly at: "start"; readonly place: Place | undefined; readonly why?: "not-one-folder" | "no-files" }
  | { readonly at: "take"; readonly taken: Taken }
  | { readonly at: "working"; readonly on: "taking" | "backing-up" | "looking" | "restoring"; readonly total?: number }
  | {
      readonly at: "backed-up";
      readonly snapshot: Snapshot;
      readonly sent: number;
      readonly leftOut: readonly string[];
    }
  | { readonly at: "shrunk"; readonly taken: Taken }
  | { readonly at: "snapshots"; readonly list: readonly Snapshot[]; readonly damaged: number }
  | { readonly at: "folder"; readonly snapshot: Snapshot; readonly folder: Folder; readonly told?: string }
  | { readonly at: "restored"; readonly report: Report }
  /** `path` is the file that it is about. */
  | { readonly at: "failed"; readonly why: Why; readonly path?: string };

export interface FilesOptions {
  readonly secret: BackupSecret;
  /** Where the app's server keeps backups, if it does. */
  readonly server: string | undefined;
  readonly changed: (screen: FilesScreen) => void;
  /** How much of `total` is done, in octets. */
  readonly progress: (done: number) => void;
  /** Asks the user for a folder to read and write; nothing where they stop. Missing where the browser gives pages no folders. */
  readonly pick: (() => Promise<FileSystemDirectoryHandle | undefined>) | undefined;
  /** Hands a file to the user. */
  readonly save: (name: string, content: Blob) => void;
}

/** What a single file may hold that is handed out as a download: the page holds it until it is saved. */
const SAVED_MAX = 2 ** 31;

export class Files {
  #screen: FilesScreen;
  #place: Place | undefined;
  #abort: AbortController | undefined;
  /** What failed last, once more. */
  #again: () => Promise<void> = async () => this.start();
  #repository: BackupRepository | undefined;
  #unread = new Set<string>();
  readonly #options: FilesOptions;

  constructor(options: FilesOptions) {
    this.#options = options;
    this.#place = options.server === undefined ? undefined : { kind: "server" };
    this.#screen = { at: "start", place: this.#place };
  }

  get screen(): FilesScreen {
    return this.#screen;
  }

  /** Whether the browser lets the page write into folders. */
  get writesFolders(): boolean {
    return this.#options.pick !== undefined;
  }

  get hasServer(): boolean {
    return this.#options.server !== undefined;
  }

  #show(screen: FilesScreen): void {
    this.#screen = screen;
    this.#options.changed(screen);
  }

  start(): void {
    this.#show({ at: "start", place: this.#place });
  }

  /** Stops what is under way, and forgets the keys. */
  close(): void {
    this.#abort?.abort();
    this.#repository?.close();
    this.#repository = undefined;
  }

  cancel(): void {
    this.#abort?.abort();
  }

  async again(): Promise<void> {
    await this.#again();
  }

  useServer(): void {
    this.#moveTo({ kind: "server" });
  }

  /** A folder of the user's as the place of backups, for as long as the page is open. */
  async usePicked(): Promise<void> {
    const handle = await this.#options.pick?.();
    if (handle !== undefined) {
      this.#moveTo({ kind: "folder", name: handle.name, handle });
    }
  }

  /** A folder that is read alone: all of its files, as a field gives them. */
  useChosen(files: readonly File[]): void {
    const name = files[0]?.webkitRelativePath.split("/")[0] ?? "";
    files.length === 0
      ? this.#show({ at: "start", place: this.#place, why: "no-files" })
      : this.#moveTo({ kind: "chosen", name, files });
  }

  #moveTo(place: Place): void {
    this.#repository?.close();
    this.#repository = undefined;
    this.#place = place;
    this.start();
  }

  #reader(signal: AbortSignal): ObjectReader {
    return this.#place?.kind === "chosen" ? chosenStore(this.#place.files, signal) : this.#store(signal);
  }

  #store(signal: AbortSignal): ObjectStore {
    return this.#place?.kind === "folder"
      ? folderStore(this.#place.handle, signal)
      : serverStore(this.#options.server as string, signal);
  }

  /** What a field for folders gave. */
  takeField(files: ArrayLike<File>): void {
    if (files.length === 0) {
      this.#show({ at: "start", place: this.#place, why: "no-files" });
      return;
    }
    void this.takeDrop(async () => fromField(files));
  }

  /** What was dropped; nothing where that was not one folder. */
  async takeDrop(walk: ((signal: AbortSignal) => Promise<Taken>) | undefined): Promise<void> {
    if (walk === undefined) {
      this.#show({ at: "start", place: this.#place, why: "not-one-folder" });
      return;
    }
    this.#unread = new Set();
    this.#again = async () => this.start();
    await this.#work({ at: "working", on: "taking" }, async (signal) => ({ at: "take", taken: await walk(signal) }));
  }

  async backUp(taken: Taken, allowShrink = false): Promise<void> {
    this.#again = () => this.backUp(taken, allowShrink);
    await this.#work({ at: "working", on: "backing-up", total: taken.bytes }, async (signal) => {
      const store = this.#store(signal);
      let [done, sent] = [0, 0];
      const counting: ObjectStore = {
        ...store,
        put: async (name, content) => {
          await store.put(name, content);
          sent += content.length;
        },
      };
      const read = (octets: number) => {
        done += octets;
        this.#options.progress(done);
      };
      const sources = sourcesOf(taken, { signal, read, unread: this.#unread });
      try {
        const snapshot = await backUp(counting, this.#options.secret, taken.source, sources, { allowShrink });
        return { at: "backed-up", snapshot, sent, leftOut: [...taken.leftOut, ...this.#unread] };
      } catch (error) {
        if (error instanceof Shrunk) {
          return { at: "shrunk", taken };
        }
        throw error;
      }
    });
  }

  /** Goes on without the file that broke off. */
  async leaveOut(path: string): Promise<void> {
    this.#unread.add(path);
    await this.#again();
  }

  async #opened(signal: AbortSignal): Promise<BackupRepository> {
    this.#repository?.close();
    this.#repository = await BackupRepository.open(this.#reader(signal), this.#options.secret);
    if (this.#repository === undefined) {
      throw new NothingThere();
    }
    return this.#repository;
  }

  async showSnapshots(): Promise<void> {
    this.#again = () => this.showSnapshots();
    await this.#work({ at: "working", on: "looking" }, async (signal) => {
      const { snapshots, damaged } = await (await this.#opened(signal)).snapshots();
      if (snapshots.length + damaged.length === 0) {
        throw new NothingThere();
      }
      return { at: "snapshots", list: snapshots, damaged: damaged.length };
    });
  }

  async open(snapshot: Snapshot, path = ".", told?: string): Promise<void> {
    this.#again = () => this.open(snapshot, path);
    await this.#work({ at: "working", on: "looking" }, async (signal) => {
      const folder = await look(await this.#opened(signal), snapshot, path, signal);
      return told === undefined ? { at: "folder", snapshot, folder } : { at: "folder", snapshot, folder, told };
    });
  }

  /** Restores a folder of a snapshot into one of the user's. */
  async restore(snapshot: Snapshot, { path, bytes }: Folder): Promise<void> {
    const target = await this.#options.pick?.();
    if (target !== undefined) {
      await this.#restore(snapshot, path, bytes, target);
    }
  }

  async #restore(snapshot: Snapshot, path: string, total: number, target: FileSystemDirectoryHandle): Promise<void> {
    this.#again = () => this.#restore(snapshot, path, total, target);
    await this.#work({ at: "working", on: "restoring", total }, async (signal) => {
      const restoring = { signal, done: this.#counter() };
      const report = await restoreInto(target, await this.#opened(signal), snapshot, path, restoring);
      return { at: "restored", report };
    });
  }

  /** Hands one file out as a download. */
  async saveFile(snapshot: Snapshot, folder: Folder, file: FileEntry): Promise<void> {
    this.#again = () => this.saveFile(snapshot, folder, file);
    await this.#work({ at: "working", on: "restoring", total: file.size }, async (signal) => {
      if (file.size > SAVED_MAX) {
        return { at: "failed", why: "too-large", path: file.path.text };
      }
      const content = await blobOf(await this.#opened(signal), file, { signal, done: this.#counter() });
      const name = safeName(file.path.text.split("/").at(-1) as string);
      this.#options.save(name, content);
      return { at: "folder", snapshot, folder, told: name };
    });
  }

  #counter(): (octets: number) => void {
    let done = 0;
    return (octets) => {
      done += octets;
      this.#options.progress(done);
    };
  }

  /** One thing at a time, which the user can stop. */
  async #work(
    screen: Extract<FilesScreen, { at: "working" }>,
    work: (signal: AbortSignal) => Promise<FilesScreen>,
  ): Promise<void> {
    if (this.#abort !== undefined) {
      return;
    }
    const abort = new AbortController();
    this.#abort = abort;
    this.#show(screen);
    let next: FilesScreen;
    try {
      next = await work(abort.signal);
    } catch (error) {
      next = abort.signal.aborted ? { at: "failed", why: "stopped" } : failed(error);
    }
    this.#abort = undefined;
    this.#show(next);
  }
}

class NothingThere extends Error {}

function failed(error: unknown): Extract<FilesScreen, { at: "failed" }> {
  if (error instanceof PlaceFailed) {
    return { at: "failed", why: error.problem };
  }
  if (error instanceof Unreadable) {
    return { at: "failed", why: "breaks-off", path: error.path };
  }
  if (error instanceof DamagedObject) {
    return { at: "failed", why: "damaged" };
  }
  const kinds: readonly (readonly [Why, boolean])[] = [
    ["nothing-there", error instanceof NothingThere],
    ["other-key", error instanceof WrongKey],
    ["too-many", error instanceof TooMany],
  ];
  return { at: "failed", why: kinds.find(([, is]) => is)?.[0] ?? "broken" };
}
