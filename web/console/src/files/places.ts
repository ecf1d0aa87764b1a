import type { Bytes } from "@coffer/client";
import type { ObjectReader, ObjectStore, StoredObject } from "@coffer/client/backup";

/** Where a repository lies: with the app's server, or in a folder of the user's, which the Java program reads as well. */

/** Why a place did not do as it was asked. */
export type PlaceProblem = "offline" | "login" | "full" | "refused" | "forbidden" | "gone";

export class PlaceFailed extends Error {
  readonly problem: PlaceProblem;

  constructor(problem: PlaceProblem, what: string) {
    super(what);
    this.name = "PlaceFailed";
    this.problem = problem;
  }
}

/** A list of a quarter of a million objects. */
const LIST_MAX = 32 << 20;
const NAME = /^[A-Za-z0-9-]+(?:\.txt)?(?:\/[A-Za-z0-9-]+){0,2}$/;

function problemOf(status: number): PlaceProblem {
  switch (status) {
    case 401:
      return "login";
    case 413:
    case 507:
      return "full";
    default:
      return "refused";
  }
}

async function limited(response: Response, max: number): Promise<Bytes> {
  const reader = response.body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.length;
    if (size > max) {
      await reader?.cancel();
      throw new PlaceFailed("refused", "an answer is larger than any object");
    }
    parts.push(part.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function storedObjects(octets: Bytes, prefix: string): readonly StoredObject[] {
  let list: unknown;
  try {
    list = JSON.parse(new TextDecoder().decode(octets));
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list)) {
    throw new PlaceFailed("refused", "a list of names and sizes was wanted");
  }
  // What else lies there is not a repository's, and its name becomes no address.
  return (list as Partial<StoredObject>[]).flatMap(({ name, size }) =>
    typeof name === "string" && name.startsWith(prefix) && NAME.test(name) && typeof size === "number"
      ? [{ name, size }]
      : [],
  );
}

/** The repository that the app's server keeps for whoever is logged in (README.md, "Backups"). */
export function serverStore(address: string, signal: AbortSignal, send: typeof fetch = fetch): ObjectStore {
  const ask = async <T>(name: string, init: RequestInit, read: (response: Response) => Promise<T>): Promise<T> => {
    try {
      const response = await send(`${address}${name}`, { cache: "no-store", redirect: "manual", signal, ...init });
      // To a page for logging in, mostly; followed, its answer would pass for an object that is kept.
      if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
        throw new PlaceFailed("login", "the app's server leads elsewhere");
      }
      if (!response.ok && response.status !== 404) {
        throw new PlaceFailed(problemOf(response.status), `the app's server answered ${response.status}`);
      }
      return await read(response);
    } catch (error) {
      throw error instanceof TypeError ? new PlaceFailed("offline", error.message) : error;
    }
  };
  return {
    get: (name, sizeMax) =>
      ask(name, {}, async (response) => (response.status === 404 ? undefined : limited(response, sizeMax))),
    list: async function* (prefix) {
      yield* await ask(prefix, {}, async (response) =>
        response.status === 404 ? [] : storedObjects(await limited(response, LIST_MAX), prefix),
      );
    },
    put: (name, content) =>
      ask(name, { method: "PUT", body: content }, async ({ status }) => {
        if (status === 404) {
          throw new PlaceFailed("refused", "the app's server keeps no backups here");
        }
      }),
  };
}

/** What a folder says, in words that a screen has. */
export function folderFailed(error: unknown): unknown {
  const problems: Readonly<Record<string, PlaceProblem>> = {
    NotAllowedError: "forbidden",
    SecurityError: "forbidden",
    NoModificationAllowedError: "forbidden",
    QuotaExceededError: "full",
    NotFoundError: "gone",
    NotReadableError: "gone",
    InvalidStateError: "gone",
  };
  const problem = error instanceof DOMException ? problems[error.name] : undefined;
  return problem === undefined ? error : new PlaceFailed(problem, (error as DOMException).message);
}

/** What there is, or nothing where it is not there. */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const missing =
      error instanceof DOMException && (error.name === "NotFoundError" || error.name === "TypeMismatchError");
    if (missing) {
      return undefined;
    }
    throw folderFailed(error);
  }
}

async function folderAt(root: FileSystemDirectoryHandle, path: readonly string[], create: boolean) {
  let at: FileSystemDirectoryHandle | undefined = root;
  for (const name of path) {
    at = at && (await unlessMissing(at.getDirectoryHandle(name, { create })));
  }
  return at;
}

async function* filesIn(folder: FileSystemDirectoryHandle, prefix: string): AsyncGenerator<StoredObject, void, void> {
  for await (const [name, child] of folder.entries()) {
    if (child.kind === "directory") {
      yield* filesIn(child as FileSystemDirectoryHandle, `${prefix}${name}/`);
    } else {
      // Sizes cost a question each, and show what was cut off.
      yield { name: prefix + name, size: (await (child as FileSystemFileHandle).getFile()).size };
    }
  }
}

/** Writes a file as a whole: until it is closed, the browser keeps it apart. */
export async function writeWhole(
  file: FileSystemFileHandle,
  parts: AsyncIterable<Bytes> | Iterable<Bytes>,
): Promise<void> {
  const out = await file.createWritable();
  try {
    for await (const part of parts) {
      await out.write(part);
    }
    await out.close();
  } catch (error) {
    await out.abort().catch(() => undefined);
    throw error;
  }
}

/** A repository in a folder: the same that `coffer backup --repository` writes. */
export function folderStore(root: FileSystemDirectoryHandle, signal: AbortSignal): ObjectStore {
  return {
    get: async (name, sizeMax) => {
      signal.throwIfAborted();
      const path = name.split("/");
      const folder = await folderAt(root, path.slice(0, -1), false);
      const file = folder && (await unlessMissing(folder.getFileHandle(path.at(-1) as string)));
      return file && octetsOf(await unlessMissing(file.getFile()), sizeMax);
    },
    list: async function* (prefix) {
      signal.throwIfAborted();
      const folder = await folderAt(root, prefix.split("/").slice(0, -1), false);
      try {
        yield* folder === undefined ? [] : filesIn(folder, prefix);
      } catch (error) {
        throw folderFailed(error);
      }
    },
    put: async (name, content) => {
      signal.throwIfAborted();
      const path = name.split("/");
      try {
        const folder = (await folderAt(root, path.slice(0, -1), true)) as FileSystemDirectoryHandle;
        await writeWhole(await folder.getFileHandle(path.at(-1) as string, { create: true }), [content]);
      } catch (error) {
        throw folderFailed(error);
      }
    },
  };
}

async function octetsOf(file: File | undefined, sizeMax: number): Promise<Bytes | undefined> {
  if (file !== undefined && file.size > sizeMax) {
    throw new PlaceFailed("refused", "a file is larger than any object");
  }
  try {
    return file && new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw folderFailed(error);
  }
}

/** A repository in a folder that the browser lets the page read alone, as its files were chosen. */
export function chosenStore(files: Iterable<File>, signal: AbortSignal): ObjectReader {
  const byName = new Map<string, File>();
  for (const file of files) {
    byName.set(file.webkitRelativePath.split("/").slice(1).join("/"), file);
  }
  return {
    get: async (name, sizeMax) => {
      signal.throwIfAborted();
      return octetsOf(byName.get(name), sizeMax);
    },
    list: async function* (prefix) {
      signal.throwIfAborted();
      for (const [name, { size }] of byName) {
        if (name.startsWith(prefix)) {
          yield { name, size };
        }
      }
    },
  };
}
