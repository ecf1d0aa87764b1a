import { type Bytes, text as decodeUtf8, unhex, utf8 } from "../codec/bytes.js";

/** The lines of snapshots and file lists (docs/restore-with-age.md, "The file list"). Hostile until read. */

/** Limits of the repository format, in octets unless the name says otherwise. */
export const BackupLimits = {
  OBJECT_PLAIN_MAX: 4 << 20,
  /** An object as it is stored: incompressible plaintext, padding and the age envelope. */
  OBJECT_MAX: (4 << 20) + (4 << 16) + (64 << 10),
  PAGE: 1 << 20,
  PATH_MAX: 8 << 10,
  DEPTH_MAX: 256,
  /** Pieces of one file: 16 TiB in pages. */
  PIECES_MAX: 1 << 24,
  LISTING_PAGES_MAX: 1 << 18,
  /** Lines about one entry. */
  ATTRIBUTES_MAX: 129,
  SNAPSHOTS_MAX: 1 << 16,
} as const;

/** A stretch of content: `size` octets at `offset` of the plaintext of a data object. */
export interface Piece {
  readonly object: string;
  readonly offset: number;
  readonly size: number;
}

/** When a file was written last: whole seconds since 1970, rounded down, and what comes on top. */
export interface Modified {
  readonly seconds: number;
  readonly nanos: number;
}

/** A path below the backed-up directory, in the octets of its file system. Never absolute, without `.` and `..`. */
export interface EntryPath {
  /** One line of text: octets that are control characters, backslashes or not UTF-8 stand as `\0ooo`; `.` is the root. */
  readonly text: string;
  readonly octets: Bytes;
}

/** What else the file system kept of an entry. An app need not restore it. */
export interface Attributes {
  /** The numbers of user and group. */
  readonly owner: { readonly user: number; readonly group: number } | undefined;
  /** Extended attributes of the name space that users write, by name. */
  readonly extended: ReadonlyMap<string, Bytes>;
}

export interface DirectoryEntry {
  readonly kind: "directory";
  readonly path: EntryPath;
  /** The nine permission bits, set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly modified: Modified;
  readonly attributes: Attributes;
}

export interface LinkEntry {
  readonly kind: "link";
  readonly path: EntryPath;
  readonly target: Bytes;
  readonly attributes: Attributes;
}

export interface FileEntry {
  readonly kind: "file";
  readonly path: EntryPath;
  /** The nine permission bits, set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly modified: Modified;
  readonly size: number;
  readonly sha256: Bytes;
  readonly pieces: readonly Piece[];
  readonly attributes: Attributes;
  /** The file's first name, if this is another (a hard link): restored apart, each name has the same content. */
  readonly firstName?: EntryPath;
}

/** Another name of a regular file, as it stands in the list. */
export interface NameLine {
  readonly kind: "name";
  readonly path: EntryPath;
  readonly target: EntryPath;
  readonly size: number;
  readonly sha256: Bytes;
}

const REASONS = [
  "UNREADABLE",
  "CHANGED_WHILE_READ",
  "GREW",
  "VANISHED",
  "SPECIAL",
  "UNSUPPORTED",
  "ACCESS_LIST",
  "LEFT_OUT",
  "UNFINISHED_RESTORE",
  "REPOSITORY_SKIPPED",
] as const;

/** What the backup never had, or not as it was: something at or below `path`, which may be that of the entry before. */
export interface OmittedEntry {
  readonly kind: "omitted";
  readonly path: EntryPath;
  /** Why. `UNSUPPORTED` stands for reasons of later versions, too. */
  readonly reason: (typeof REASONS)[number];
  /** For the user. */
  readonly sentence: string;
}

export type Entry = DirectoryEntry | LinkEntry | FileEntry | OmittedEntry;

const NO_ATTRIBUTES: Attributes = { owner: undefined, extended: new Map() };

const NUMBER = /^(?:0|[1-9][0-9]{0,17})$/;
const SECONDS_MAX = 2 ** 40;

/** A decimal number from 0 to `max` without leading zeros. */
export function parseNumber(text: string | undefined, max: number): number | undefined {
  const number = text !== undefined && NUMBER.test(text) ? Number(text) : Number.NaN;
  return number <= max ? number : undefined;
}

function unescapeText(text: string): Bytes | undefined {
  const octets: number[] = [];
  for (let rest = text; rest !== ""; ) {
    const at = rest.indexOf("\\");
    octets.push(...utf8(at < 0 ? rest : rest.slice(0, at)));
    if (at < 0) {
      break;
    }
    const octal = /^\\0([0-3][0-7]{2})/.exec(rest.slice(at))?.[1];
    if (octal === undefined) {
      return undefined;
    }
    octets.push(Number.parseInt(octal, 8));
    rest = rest.slice(at + 5);
  }
  return Uint8Array.from(octets);
}

/** The length of the well-formed UTF-8 sequence at `at`, or 0. */
function sequence(octets: Uint8Array, at: number): number {
  const first = octets[at] as number;
  const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const part = octets.subarray(at, at + size);
  return part.length === size && (size === 1 || decodeUtf8(part) !== undefined) ? size : 0;
}

/** One line of UTF-8 that `printf '%b'` turns back into the octets. */
export function escapeOctets(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; ) {
    const first = octets[at] as number;
    const size = sequence(octets, at);
    if (size === 0 || first < 0x20 || first === 0x7f || first === 0x5c) {
      text += `\\0${first.toString(8).padStart(3, "0")}`;
      at++;
    } else {
      text += decodeUtf8(octets.subarray(at, at + size));
      at += size;
    }
  }
  return text;
}

/** Refuses whatever could lead out of the directory that is restored, and every second spelling. */
export function parsePath(text: string): EntryPath | undefined {
  if (text === ".") {
    return { text, octets: new Uint8Array(0) };
  }
  const octets = unescapeText(text);
  if (octets === undefined || octets.length === 0 || octets.length > BackupLimits.PATH_MAX || octets.includes(0)) {
    return undefined;
  }
  const parts = String.fromCharCode(...octets).split("/");
  const sound = parts.every((part) => part !== "" && part !== "." && part !== "..");
  return sound && parts.length <= BackupLimits.DEPTH_MAX && escapeOctets(octets) === text
    ? { text, octets }
    : undefined;
}

/** A path as an app has it, `/` between its parts; nothing if it could lead out of the directory, or is too long. */
export function pathOf(plain: string): EntryPath | undefined {
  return parsePath(plain === "." ? "." : escapeOctets(utf8(plain)));
}

/** Part by part, parents before children: the order that a snapshot's entries have. */
export function comparePaths(a: EntryPath, b: EntryPath): number {
  // The separator sorts before everything, so that a directory's content follows it at once.
  const rank = (octet: number | undefined) => (octet === 0x2f ? 0 : (octet as number));
  for (let i = 0; i < Math.min(a.octets.length, b.octets.length); i++) {
    const difference = rank(a.octets[i]) - rank(b.octets[i]);
    if (difference !== 0) {
      return difference;
    }
  }
  return a.octets.length - b.octets.length;
}

function parseModified(text: string | undefined): Modified | undefined {
  const [, seconds, nanos] = /^(-?[0-9]{1,13})\.([0-9]{9})$/.exec(text ?? "") ?? [];
  const modified = { seconds: Number(seconds), nanos: Number(nanos) };
  return seconds !== undefined && Math.abs(modified.seconds) <= SECONDS_MAX ? modified : undefined;
}

function parseMode(text: string | undefined): number | undefined {
  return /^[0-7]{4}$/.test(text ?? "") ? Number.parseInt(text as string, 8) : undefined;
}

/** 64 hexadecimal digits, and `-1` to `-9` for a variant. */
export function isDataName(text: string): boolean {
  return /^[0-9a-f]{64}(?:-[1-9])?$/.test(text);
}

/** Where the store keeps a data object. */
export function dataPath(name: string): string {
  return `data/${name.slice(0, 2)}/${name}`;
}

export function parsePiece(line: string): Piece | undefined {
  const [tag, object, offsetText, sizeText, ...rest] = line.split("\t");
  const offset = parseNumber(offsetText, BackupLimits.OBJECT_PLAIN_MAX);
  const size = parseNumber(sizeText, BackupLimits.OBJECT_PLAIN_MAX);
  if (tag !== "p" || object === undefined || rest.length > 0 || !isDataName(object)) {
    return undefined;
  }
  const fits =
    offset !== undefined && size !== undefined && size >= 1 && offset + size <= BackupLimits.OBJECT_PLAIN_MAX;
  return fits ? { object, offset, size } : undefined;
}

function sentenceOf(reason: OmittedEntry["reason"]): string {
  switch (reason) {
    case "CHANGED_WHILE_READ":
    case "GREW":
      return "changed while the backup read it, and is restored as far as it was read";
    case "ACCESS_LIST":
      return "had an access control list or capabilities, which a backup does not keep";
    default:
      return "was not backed up, so this snapshot does not have it";
  }
}

function parseOmitted(path: EntryPath, kind: string | undefined): OmittedEntry {
  const reason = REASONS.find((one) => one === kind) ?? "UNSUPPORTED";
  return { kind: "omitted", path, reason, sentence: sentenceOf(reason) };
}

/** An entry, of a regular file without its pieces, and without what further lines say of it. */
export function parseEntry(line: string): Entry | NameLine | undefined {
  const fields = line.split("\t");
  const [tag, modeText, modifiedText, sizeText, hash, fifth, pathText] = fields;
  const path = fields.length === 7 ? parsePath(pathText as string) : undefined;
  if (path === undefined) {
    return undefined;
  }
  const attributes = NO_ATTRIBUTES;
  if (tag === "l") {
    const target = unescapeText(fifth as string);
    const sound = target !== undefined && target.length > 0 && target.length <= BackupLimits.PATH_MAX;
    return sound && !target.includes(0) ? { kind: "link", path, target, attributes } : undefined;
  }
  if (tag === "n") {
    return parseOmitted(path, fifth);
  }
  const size = parseNumber(sizeText, BackupLimits.PIECES_MAX * BackupLimits.PAGE);
  const sha256 = hash?.length === 64 ? unhex(hash) : undefined;
  if (tag === "h") {
    const target = parsePath(fifth as string);
    const sound = size !== undefined && sha256 !== undefined && target !== undefined;
    return sound ? { kind: "name", path, target, size, sha256 } : undefined;
  }
  const mode = parseMode(modeText);
  const modified = parseModified(modifiedText);
  if (mode === undefined || modified === undefined) {
    return undefined;
  }
  if (tag === "d") {
    return { kind: "directory", path, mode, modified, attributes };
  }
  const sound = tag === "f" && /^[-.:0-9a-z]{1,64}$/.test(fifth as string);
  return sound && size !== undefined && sha256 !== undefined
    ? { kind: "file", path, mode, modified, size, sha256, pieces: [], attributes }
    : undefined;
}

/** Whether the line says something of the entry above it. */
export function isAttribute(line: string | undefined): line is string {
  return line?.startsWith("a\t") === true;
}

/** What lines say, each of which {@link isAttribute}; what is not understood is left out. */
export function parseAttributes(lines: readonly string[]): Attributes {
  let { owner }: Attributes = NO_ATTRIBUTES;
  const extended = new Map<string, Bytes>();
  for (const line of lines.slice(0, BackupLimits.ATTRIBUTES_MAX)) {
    const [, nameText, value, ...rest] = line.split("\t");
    const [, user, group] = /^(0|[1-9][0-9]{0,9}):(0|[1-9][0-9]{0,9})$/.exec(value ?? "") ?? [];
    const name = unescapeText(nameText ?? "");
    const text = name === undefined ? undefined : decodeUtf8(name);
    const octets = value?.startsWith("x") ? unhex(value.slice(1)) : undefined;
    if (rest.length > 0) {
      continue;
    }
    if (nameText === "owner" && user !== undefined) {
      owner = { user: Number(user) >>> 0, group: Number(group) >>> 0 };
    } else if (text !== undefined && octets !== undefined) {
      extended.set(text, octets);
    }
  }
  return { owner, extended };
}

/** One backup of one directory, complete in itself. */
export interface Snapshot {
  /** Its name: the time, a hyphen, a MAC. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly source: string;
  readonly files: number;
  readonly directories: number;
  readonly links: number;
  readonly bytes: number;
  readonly problems: number;
  /** What its file list names without having it as it was. */
  readonly omitted: number;
  /** The last data object that the Java program read back, or `-`: for the next backup. */
  readonly checked: string;
  readonly pages: readonly Piece[];
}

/** The seconds of a time such as 20300102T030405Z, if there is such a time. */
export function parseTime(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z$/.exec(text) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const millis = Date.parse(iso);
  return Number.isNaN(millis) || new Date(millis).toISOString() !== iso ? undefined : millis / 1000;
}

/** The lines of the second format in front of the pages, by name. What a later version says there is not needed. */
function moreLines(lines: readonly string[]): (readonly [string, string])[] {
  const end = lines.findIndex((line) => !/^[a-z-]+ /.test(line));
  return lines.slice(0, end < 0 ? lines.length : end).map((line) => {
    const space = line.indexOf(" ");
    return [line.slice(0, space), line.slice(space + 1)];
  });
}

/** Reads a snapshot's text, of either format, whose time must be the one in its name. */
export function parseSnapshot(id: string, text: string): Snapshot | undefined {
  const lines = text.split("\n");
  const more = lines[0] === "coffer-snapshot 2" ? moreLines(lines.slice(8, -2)) : [];
  const pages = lines.slice(8 + more.length, -2).map(parsePiece);
  const value = (at: number, name: string) =>
    lines[at]?.startsWith(`${name} `) ? (lines[at] as string).slice(name.length + 1) : undefined;
  const count = (at: number, name: string) => parseNumber(value(at, name), Number.MAX_SAFE_INTEGER);
  const known = lines[0] === "coffer-snapshot 1" || lines[0] === "coffer-snapshot 2";
  const framed = known && lines.at(-2) === "end" && lines.at(-1) === "";
  const time = parseTime(value(1, "time") ?? "");
  const source = value(2, "source");
  const counts = ["files", "directories", "links", "bytes", "problems"].map((name, at) => count(3 + at, name));
  const complete = !pages.includes(undefined) && pages.length <= BackupLimits.LISTING_PAGES_MAX;
  if (!framed || time === undefined || source === undefined || counts.includes(undefined) || !complete) {
    return undefined;
  }
  const [files, directories, links, bytes, problems] = counts as [number, number, number, number, number];
  const named = new Map(more);
  const omitted = parseNumber(named.get("omitted"), Number.MAX_SAFE_INTEGER) ?? 0;
  const checked = named.get("checked") ?? "-";
  const summary = { id, time, source, files, directories, links, bytes, problems, omitted, checked };
  return id.startsWith(`${value(1, "time")}-`) ? { ...summary, pages: pages as Piece[] } : undefined;
}
