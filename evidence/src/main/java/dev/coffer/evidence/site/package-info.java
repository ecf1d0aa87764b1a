/**
 * Static pages of what an audit found: plain files with relative links that need no script, no
 * server and no other site. Depends on {@code dev.coffer.evidence} for every verdict. Start with
 * {@link dev.coffer.evidence.site.EvidenceSite}.
 */
package dev.coffer.evidence.site;
