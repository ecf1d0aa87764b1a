/**
 * The one implementation of what crashes and people do to files: {@link
 * dev.coffer.files.AtomicFile} replaces them all or nothing, {@link dev.coffer.files.FolderLock}
 * keeps a second process out, {@link dev.coffer.files.Settings} reads what people wrote, {@link
 * dev.coffer.files.LoopbackPorts} gives no port twice. Uses {@code java.base} only.
 */
package dev.coffer.files;
