/**
 * Trust policies: whose keys count, and how they change hands with the roots' consent. Depends on
 * {@code note}, {@code tlog} and {@code text}. Start at {@link
 * dev.coffer.transparency.trust.TrustPolicy}.
 */
package dev.coffer.transparency.trust;
