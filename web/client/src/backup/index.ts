/** Backup repositories: apart from the rest, so that who only recovers K need not load age. */
export type { Entry, EntryPath, FileEntry, Modified, Piece, Snapshot } from "./listing.js";
export {
  BackupRepository,
  DamagedObject,
  type ListingProblem,
  type ObjectReader,
  type SnapshotList,
} from "./repository.js";
