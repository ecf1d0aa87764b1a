/** The prime-order group interface and ristretto255 (RFC 9496). */
package dev.coffer.protocol.group;
