/**
 * The bundle that says which fleets there are and which keys they have: its grammar, its two
 * signatures, how one follows another, how it travels. Depends on {@code trust}, {@code note},
 * {@code tlog} and {@code text}. Start at {@link dev.coffer.transparency.bundle.Bundle}.
 */
package dev.coffer.transparency.bundle;
