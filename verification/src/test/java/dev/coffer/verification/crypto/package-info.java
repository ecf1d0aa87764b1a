/**
 * The arithmetic of {@code protocol} against libsodium: the same results on random and on hostile
 * inputs, and how long each takes. Start at {@link dev.coffer.verification.crypto.Libsodium};
 * without the library the comparisons are skipped.
 */
package dev.coffer.verification.crypto;
