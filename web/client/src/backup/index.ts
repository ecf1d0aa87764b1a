/** Backup repositories: apart from the rest, so that who only recovers K need not load age. */
export type {
  Attributes,
  DirectoryEntry,
  Entry,
  EntryPath,
  FileEntry,
  LinkEntry,
  Modified,
  OmittedEntry,
  Piece,
  Snapshot,
} from "./listing.js";
export { comparePaths, pathOf } from "./listing.js";
export { DamagedObject, type ObjectReader, type ObjectStore, type StoredObject } from "./objects.js";
export { BackupRepository, isContent, type ListingProblem, type SnapshotList } from "./repository.js";
export { type BackUpOptions, type BackupSource, backUp, Shrunk, WrongKey } from "./writer.js";
