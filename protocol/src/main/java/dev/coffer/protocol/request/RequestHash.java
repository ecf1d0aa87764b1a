package dev.coffer.protocol.request;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;

/**
 * H(request): what decides whether something is a retry of the same thing (INV-8). 32 octets,
 * public.
 */
public record RequestHash(Bytes value) {
  public RequestHash {
    Invariant.check(value.size() == Limits.DIGEST, "RequestHash has 32 octets");
  }
}
