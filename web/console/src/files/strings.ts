import type { Place, Why } from "./files.js";
import type { Report } from "./restored.js";
import { FILES_DE } from "./strings-de.js";
import { FILES_EN } from "./strings-en.js";

/** Every sentence about files, in one language. Loaded with them. */
export interface FilesStrings {
  readonly heading: string;
  readonly lead: string;
  place(place: Place | undefined, vault: string): string;
  readonly ownFolder: string;
  readonly ownFolderToRead: string;
  readonly ownMeans: string;
  readonly noFolders: string;
  readonly server: string;
  readonly backUp: string;
  readonly choose: string;
  readonly chooseMeans: string;
  readonly drop: string;
  readonly notOneFolder: string;
  readonly noFiles: string;
  readonly restore: string;
  readonly leave: string;
  readonly start: string;
  readonly take: { readonly heading: string; readonly go: string; readonly keeps: string };
  readonly facts: {
    readonly folder: string;
    readonly files: string;
    readonly size: string;
    readonly sent: string;
    readonly at: string;
  };
  readonly working: Readonly<Record<"taking" | "backing-up" | "looking" | "restoring", string>>;
  readonly bar: string;
  readonly stop: string;
  far(done: string, total: string): string;
  readonly backedUp: { readonly heading: string; readonly lead: string };
  readonly leftOut: string;
  readonly shrunk: { readonly heading: string; readonly lead: string; readonly allow: string };
  readonly snapshots: { readonly heading: string; readonly lead: string; damaged(count: number): string };
  open(name: string): string;
  readonly folder: {
    readonly heading: string;
    readonly all: string;
    readonly intoFolder: string;
    readonly oneByOne: string;
    readonly up: string;
    readonly more: string;
    readonly problems: string;
    save(name: string, size: string): string;
    saved(name: string): string;
    readonly others: string;
  };
  readonly restored: {
    readonly heading: string;
    readonly partly: string;
    readonly wrote: string;
    readonly same: string;
    readonly lists: Readonly<Record<"kept" | "links" | "omitted" | "failed" | "renamed", string>>;
    readonly plain: string;
  };
  andMore(count: number): string;
  readonly failed: { readonly heading: string; readonly again: string; leaveOut(path: string): string };
  why(why: Why, path: string): string;
}

export type ReportList = keyof FilesStrings["restored"]["lists"] & keyof Report;

const LANGUAGES: Readonly<Record<string, FilesStrings>> = { en: FILES_EN, de: FILES_DE };

export function filesStrings(language: string): FilesStrings {
  return LANGUAGES[language] ?? FILES_EN;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** A size as people read it. */
export function sizeText(octets: number, language: string): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(octets, 1)) / 3), UNITS.length - 1);
  const format = { style: "unit", unit: UNITS[power] as string, maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat(language, format).format(octets / 1000 ** power);
}
