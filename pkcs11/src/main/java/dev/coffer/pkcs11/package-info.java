/**
 * Keys that a PKCS#11 token keeps and never lets out. Depends on {@code files}, {@code protocol}
 * and the foreign function interface. Start at {@link dev.coffer.pkcs11.Token}.
 */
package dev.coffer.pkcs11;
