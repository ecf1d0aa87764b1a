/**
 * The primitives of PROTOCOL.md §1.2: hashes, KDF, AEAD, signatures, key agreement, HPKE. Depends
 * on codec and, for the curve arithmetic, on a non-exported package. Start at {@link
 * dev.coffer.protocol.crypto.SecretBytes}.
 */
package dev.coffer.protocol.crypto;
