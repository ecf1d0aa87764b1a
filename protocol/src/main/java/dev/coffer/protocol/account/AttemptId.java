package dev.coffer.protocol.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;

/** Names one attempt, chosen at random by the client. 32 octets, public. */
public record AttemptId(Bytes value) {
  public AttemptId {
    Invariant.check(value.size() == Limits.DIGEST, "AttemptId has 32 octets");
  }
}
