/**
 * Backups as a place to look into: web pages and WebDAV, read-only, on this machine alone. Depends
 * on nothing but {@code terminal}. Start at {@link dev.coffer.cli.view.ViewServer}.
 */
@NullMarked
package dev.coffer.cli.view;

import org.jspecify.annotations.NullMarked;
