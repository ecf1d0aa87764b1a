/**
 * The trusted core as a whole, and its process. {@code coffer-hsm} holds one HSM: it counts
 * guesses, applies its share of each key, and believes nothing its host says. Read {@code account}
 * (what an operation does), then {@code chain} (what counts), then {@code founding}. Start at
 * {@link dev.coffer.hsm.HsmCore}.
 */
package dev.coffer.hsm;
