package dev.coffer.protocol.account;

import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.ArrayList;
import java.util.List;

/**
 * One remembered event of an account.
 *
 * @param k the chain position of its entry
 * @param attemptNumber the account's attempt number after it
 */
public record HistoryItem(Kind kind, long k, long attemptNumber) {
  /** What happened. */
  public enum Kind {
    REGISTERED(1),
    REPLACED(2),
    REPLACED_WITHOUT_PROOF(3),
    ATTEMPT(4),
    SUCCESS(5),
    EXHAUSTED(6),
    DELETED(7),
    REFUSED(8);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    static Kind of(int number) throws Rejected {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      throw new Rejected(RejectionCode.UNKNOWN_TAG, "history kind");
    }
  }

  /** Appends a list of at most eight, oldest first: 1 + 17 octets each. */
  public static void writeAll(List<HistoryItem> items, CanonicalWriter out) {
    out.u8(items.size());
    for (HistoryItem item : items) {
      out.u8(item.kind.number).u64(item.k).u64(item.attemptNumber);
    }
  }

  /** Reads what {@link #writeAll} wrote. */
  public static List<HistoryItem> readAll(CanonicalReader in) throws Rejected {
    int count = in.number(0, Limits.HISTORY, in.u8(), "history");
    List<HistoryItem> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(new HistoryItem(Kind.of(in.u8()), in.u64(), in.u64()));
    }
    return List.copyOf(items);
  }
}
