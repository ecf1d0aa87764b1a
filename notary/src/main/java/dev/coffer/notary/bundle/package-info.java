/**
 * The notary: checks a bundle, waits for two people, writes down what it is about to sign, signs;
 * and the rule by which the log lets bundles in. Depends on {@code log}, {@code disk}, {@code key}
 * and {@code http}. Start at {@link dev.coffer.notary.bundle.Notary}.
 */
package dev.coffer.notary.bundle;
