/**
 * What a client checks before it talks to a fleet (INV-9): every step in its order, failing closed
 * with the step's name. Depends on {@code bundle}, {@code trust} and {@code tlog}. Start at {@link
 * dev.coffer.transparency.verify.FleetVerifier}.
 */
package dev.coffer.transparency.verify;
