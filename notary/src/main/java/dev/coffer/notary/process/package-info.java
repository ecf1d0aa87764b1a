/**
 * The three processes: each reads one configuration file, prints {@code ready} once it serves, and
 * ends on SIGTERM. Depends on everything else here. Start at {@link
 * dev.coffer.notary.process.LogProcess}.
 */
package dev.coffer.notary.process;
