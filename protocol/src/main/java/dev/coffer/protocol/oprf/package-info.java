/** The base-mode OPRF of RFC 9497 (OPRF, mode 0x00) over any prime-order group. */
package dev.coffer.protocol.oprf;
