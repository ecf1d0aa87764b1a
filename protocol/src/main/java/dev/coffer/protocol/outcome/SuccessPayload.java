package dev.coffer.protocol.outcome;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import java.util.List;

/**
 * What an accepted success releases: the registration with the wrapped K, and the account's
 * history. At most 371 octets.
 */
public record SuccessPayload(Registration registration, List<HistoryItem> history) {
  public SuccessPayload {
    history = List.copyOf(history);
  }

  /** The canonical encoding. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    registration.write(out);
    HistoryItem.writeAll(history, out);
    return out.toBytes();
  }

  /** Decodes {@link #encode}. */
  public static SuccessPayload decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    SuccessPayload payload = new SuccessPayload(Registration.read(in), HistoryItem.readAll(in));
    in.end();
    return payload;
  }

  @Override
  public String toString() {
    return "SuccessPayload[redacted]";
  }
}
