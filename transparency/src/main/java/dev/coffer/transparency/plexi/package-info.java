/**
 * The signatures of Cloudflare's auditor Plexi, so that existing tools can read what the notary
 * signs, and an existing auditor can take the notary's seat. Depends on {@code protocol}. Start at
 * {@link dev.coffer.transparency.plexi.AuditMessage}.
 */
package dev.coffer.transparency.plexi;
