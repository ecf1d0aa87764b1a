/**
 * What stores over a network have in common: addresses that are accepted, how long to be patient,
 * HTTP with limits. Depends on nothing of a protocol. Start at {@link
 * dev.coffer.backup.remote.Patience}.
 */
package dev.coffer.backup.remote;
