/**
 * The log (c2sp.org/tlog-tiles): leaves become static files that any web server can serve, in steps
 * that a crash may interrupt anywhere. Depends on {@code cosign}, {@code disk}, {@code key} and
 * {@code http}. Start at {@link dev.coffer.notary.log.TiledLog}; {@link
 * dev.coffer.notary.log.LogServer} puts it on the network.
 */
package dev.coffer.notary.log;
