/**
 * Small HTTP endpoints on the platform's server, one virtual thread a request, and requests to
 * others; everything has a limit. TLS is for a reverse proxy in front. Depends on {@code
 * protocol}'s octets. Start at {@link dev.coffer.notary.http.SmallServer}.
 */
package dev.coffer.notary.http;
