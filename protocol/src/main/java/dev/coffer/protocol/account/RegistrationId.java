package dev.coffer.protocol.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;

/** Names one registration, chosen at random by the client. 32 octets, public. */
public record RegistrationId(Bytes value) {
  public RegistrationId {
    Invariant.check(value.size() == Limits.DIGEST, "RegistrationId has 32 octets");
  }
}
