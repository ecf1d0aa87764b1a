/**
 * A store in a folder: one file an object. Start at {@link dev.coffer.backup.folder.FolderStore}.
 */
package dev.coffer.backup.folder;
