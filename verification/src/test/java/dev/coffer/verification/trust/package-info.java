/** What it costs a client to verify a bundle. */
package dev.coffer.verification.trust;
