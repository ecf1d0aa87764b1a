/**
 * The one door to log, witness and notary: what each of them takes from the newest trust policy.
 * Depends on everything else here:
 *
 * <pre>server → bundle → log → disk, key, http;  server → witness → disk, key, http</pre>
 *
 * Start at {@link dev.coffer.notary.server.Servers}.
 */
package dev.coffer.notary.server;
