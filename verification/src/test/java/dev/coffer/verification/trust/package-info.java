/** What it costs a client to verify a bundle, and what the programs of others say of one. */
package dev.coffer.verification.trust;
