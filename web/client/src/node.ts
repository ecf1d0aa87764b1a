/** What only Node.js has. */
export { localFleet } from "./development/local-fleet.js";
export { FileMemory } from "./stores/file-memory.js";
