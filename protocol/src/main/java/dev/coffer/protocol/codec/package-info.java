/**
 * The one canonical encoding, its limits, its labels and its refusals. Depends on nothing. Start at
 * {@link dev.coffer.protocol.codec.CanonicalReader}.
 */
package dev.coffer.protocol.codec;
