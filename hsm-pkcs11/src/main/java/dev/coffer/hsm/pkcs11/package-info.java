/**
 * The core's ports on a PKCS#11 token. Depends on {@code hsm-process} and {@code pkcs11}. Start at
 * {@link dev.coffer.hsm.pkcs11.TokenPlatform}.
 */
package dev.coffer.hsm.pkcs11;
