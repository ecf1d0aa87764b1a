/** Checks and prunes. Start at {@link dev.coffer.backup.upkeep.Check}. */
package dev.coffer.backup.upkeep;
