/**
 * A store on a WebDAV server (RFC 4918): Nextcloud, Apache, or {@code rclone serve webdav}, which
 * speaks to many other services. Not for Android, which has no {@code java.net.http}. Start at
 * {@link dev.coffer.backup.webdav.WebDavStore}.
 */
package dev.coffer.backup.webdav;
