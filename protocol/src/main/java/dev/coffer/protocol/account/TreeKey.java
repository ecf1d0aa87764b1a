package dev.coffer.protocol.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;

/**
 * The keyed name of a record: HMAC of the subject under the fleet's index key. All that hosts see
 * of an account (INV-10). 32 octets, public.
 */
public record TreeKey(Bytes value) {
  public TreeKey {
    Invariant.check(value.size() == Limits.DIGEST, "TreeKey has 32 octets");
  }
}
