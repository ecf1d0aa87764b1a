package dev.coffer.hsm.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.request.RequestHash;

/**
 * Where an operation stands: all that a rule may know besides request and record.
 *
 * @param k its entry
 * @param position its place there
 * @param request H(request)
 * @param freshNonce ν' should this operation need one, 32 octets: never chosen by a host, never the
 *     same twice
 */
public record Circumstances(
    Fleet fleet, long k, int position, RequestHash request, Bytes freshNonce) {
  @Override
  public String toString() {
    return "Circumstances[redacted]";
  }
}
