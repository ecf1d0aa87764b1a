/** The file list: entries, paths, lines. Start at {@link dev.coffer.backup.tree.Entry}. */
package dev.coffer.backup.tree;
