/**
 * What a client asks for: the five requests, how they are proved, padded and sealed (PROTOCOL.md
 * §4). Start at {@link dev.coffer.protocol.request.Request}.
 */
package dev.coffer.protocol.request;
