/** One backup: the walk over a directory. Start at {@link dev.coffer.backup.walk.BackupRun}. */
package dev.coffer.backup.walk;
