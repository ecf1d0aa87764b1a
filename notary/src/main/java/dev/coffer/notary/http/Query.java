package dev.coffer.notary.http;

import dev.coffer.protocol.codec.Bytes;

/**
 * A request as handlers see it.
 *
 * @param method such as GET
 * @param path begins with a slash, as it was sent: nothing in it is decoded
 * @param body within the server's limit
 */
public record Query(String method, String path, Bytes body) {
  /** Whether it reads and changes nothing. */
  public boolean reads() {
    return method.equals("GET") || method.equals("HEAD");
  }

  /** Whether it reads what is at this path. */
  public boolean reads(String there) {
    return reads() && path.equals(there);
  }
}
