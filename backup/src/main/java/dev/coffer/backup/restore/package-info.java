/**
 * One restore: back into a directory, never outside it. Start at {@link
 * dev.coffer.backup.restore.RestoreRun}.
 */
package dev.coffer.backup.restore;
