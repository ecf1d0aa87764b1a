import type { BackupSecret } from "@coffer/client";
import type { Child } from "../view/dom.js";
import { Files } from "./files.js";
import { filesStrings } from "./strings.js";
import { fromDrop } from "./taken.js";
import { drawFiles } from "./view.js";

/** The files of the room *You*, loaded when somebody goes there: age is larger than the rest of the page. */

export interface FilesRoom {
  /** Stays the caller's, and is there until `leave`. */
  readonly secret: BackupSecret;
  readonly server: string | undefined;
  readonly vault: string;
  /** The page's language now. */
  readonly language: () => string;
  /** Draws, and draws anew in another language. */
  readonly screen: (draws: () => readonly Child[]) => void;
  readonly save: (name: string, content: Blob) => void;
  readonly leave: () => void;
}

type Picker = (options: { mode: "readwrite" }) => Promise<FileSystemDirectoryHandle>;

export function openFiles({ secret, server, vault, language, screen, save, leave }: FilesRoom): void {
  const { showDirectoryPicker } = globalThis as { showDirectoryPicker?: Picker };
  const open = new AbortController();
  let far: (done: number) => void = () => undefined;
  const files = new Files({
    secret,
    server,
    save,
    progress: (done) => far(done),
    // Who stops, or may not, chooses something else.
    pick:
      typeof showDirectoryPicker !== "function"
        ? undefined
        : () => showDirectoryPicker({ mode: "readwrite" }).catch(() => undefined),
    changed: (shown) => screen(() => drawFiles(view(), shown)),
  });
  const view = () => ({
    files,
    strings: filesStrings(language()),
    language: language(),
    vault,
    leave: () => {
      open.abort();
      files.close();
      leave();
    },
    watch: (watcher: (done: number) => void) => {
      far = watcher;
    },
  });
  const listening = { signal: open.signal };
  // Without these a browser would leave the page for what is dropped, and K with it.
  document.addEventListener("dragover", (event) => event.preventDefault(), listening);
  document.addEventListener(
    "drop",
    (event) => {
      event.preventDefault();
      const { screen: shown } = files;
      if (shown.at === "start" && shown.place !== undefined && shown.place.kind !== "chosen") {
        void files.takeDrop(fromDrop(event.dataTransfer?.items ?? []));
      }
    },
    listening,
  );
  globalThis.addEventListener(
    "beforeunload",
    (event) => files.screen.at === "working" && event.preventDefault(),
    listening,
  );
  files.start();
}
