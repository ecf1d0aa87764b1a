/**
 * What an attempt costs an HSM and a store, and how that grows with the number of users: a JMH
 * benchmark beside libsodium and a program for large trees. Run by hand (docs/benchmarks.md).
 */
package dev.coffer.verification.load;
