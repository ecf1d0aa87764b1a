/**
 * The evidence package of a fleet: {@link dev.coffer.evidence.EvidenceMaker} writes one, {@link
 * dev.coffer.evidence.Audit} checks one, {@link dev.coffer.evidence.Claim} lists what is claimed.
 * Start there. Formats are in docs/evidence.md.
 */
package dev.coffer.evidence;
