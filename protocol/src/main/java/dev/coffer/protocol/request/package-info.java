/**
 * What a client asks for: the five requests, how they are proved, padded and sealed (2-protocol
 * §§4–6). Start at {@link dev.coffer.protocol.request.Request}.
 */
package dev.coffer.protocol.request;
