package dev.coffer.notary.http;

import dev.coffer.protocol.codec.Bytes;

/**
 * A request as handlers see it.
 *
 * @param method such as GET
 * @param path begins with a slash, as it was sent: nothing in it is decoded
 * @param body within the server's limit
 */
public record Query(String method, String path, Bytes body) {}
