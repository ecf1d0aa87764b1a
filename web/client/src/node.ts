/** What only Node.js has. */
export { FileMemory } from "./stores/file-memory.js";
