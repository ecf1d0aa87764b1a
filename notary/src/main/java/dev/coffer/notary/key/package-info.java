/**
 * Where private keys are: a file that only its owner reads, or a PKCS#11 token that never lets them
 * out. Depends on {@code transparency}'s notes. Start at {@link dev.coffer.notary.key.KeySource}.
 */
package dev.coffer.notary.key;
