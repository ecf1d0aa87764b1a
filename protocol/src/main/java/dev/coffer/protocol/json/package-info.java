/**
 * JSON (RFC 8259), read so that no two readers can differ and written so that any reader can.
 * Depends on {@code codec}.
 */
package dev.coffer.protocol.json;
