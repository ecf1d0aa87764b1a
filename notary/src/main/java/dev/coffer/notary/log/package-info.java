/**
 * The log (c2sp.org/tlog-tiles): leaves become static files that any web server can serve, in steps
 * that a crash may interrupt anywhere. Depends on {@code disk}, {@code key} and {@code http}.
 *
 * <p>One leaf's way: {@code LogServer.add} screens it, {@code Sequencer.add} puts it into the next
 * round, {@code TiledLog.append} places it and {@code TiledLog.write} makes it last, {@code
 * Cosigning} shows the new head to the witnesses (c2sp.org/tlog-witness, the client's side) and
 * publishes it, {@code ProofDesk} makes the answer. Start at {@link
 * dev.coffer.notary.log.TiledLog}.
 */
package dev.coffer.notary.log;
