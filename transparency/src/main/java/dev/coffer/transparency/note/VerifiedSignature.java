package dev.coffer.transparency.note;

/**
 * A signature that holds.
 *
 * @param key whose it is
 * @param time when a cosignature was made, in seconds since 1970; 0 for other signatures, which
 *     carry no time
 */
public record VerifiedSignature(VerifierKey key, long time) {}
