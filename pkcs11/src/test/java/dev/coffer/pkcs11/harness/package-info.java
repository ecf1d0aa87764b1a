/** Tokens that a test can insert and pull out. Start at {@code SoftHsm}. */
package dev.coffer.pkcs11.harness;
