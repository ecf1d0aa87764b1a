import { text as decodeUtf8 } from "../codec/bytes.js";
import { BackupLimits, parseSnapshot, parseTime, type Snapshot } from "./listing.js";
import { DamagedObject, listed, type ObjectReader, type SealedObjects } from "./objects.js";

const PREFIX = "snapshots/";

/** The names of all snapshots, the newest first. */
export async function snapshotIds(store: ObjectReader): Promise<string[]> {
  const ids: string[] = [];
  for await (const { name } of listed(store, PREFIX)) {
    const id = name.slice(PREFIX.length);
    if (/^[0-9TZ]{16}-[0-9a-f]{64}$/.test(id) && parseTime(id.slice(0, 16)) !== undefined) {
      ids.push(id);
    }
    if (ids.length > BackupLimits.SNAPSHOTS_MAX) {
      throw new Error("more snapshots than a repository holds");
    }
  }
  return ids.sort().reverse();
}

/** The snapshot of that name; nothing if it cannot be read. */
export async function readSnapshot(objects: SealedObjects, id: string): Promise<Snapshot | undefined> {
  try {
    const text = decodeUtf8(await objects.read("snapshot", PREFIX + id, id.slice(17)));
    return text === undefined ? undefined : parseSnapshot(id, text);
  } catch (error) {
    if (error instanceof DamagedObject) {
      return undefined;
    }
    throw error;
  }
}
