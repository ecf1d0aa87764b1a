package dev.coffer.notary.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the notary was about to sign, as it stands in its journal before it does. */
sealed interface SignedRecord {
  int STATEMENT = 1;
  int AUDIT = 2;
  int APPROVALS_MAX = 16;

  Bytes encode();

  /**
   * A bundle's statement.
   *
   * @param time seconds since 1970
   * @param approvals the notes of those who approved
   */
  record Statement(long time, String text, List<Note> approvals) implements SignedRecord {
    public Statement {
      approvals = List.copyOf(approvals);
    }

    @Override
    public Bytes encode() {
      CanonicalWriter out = new CanonicalWriter().u8(STATEMENT).u64(time).field(text);
      out.u8(approvals.size());
      approvals.forEach(approval -> out.field(approval.encode()));
      return out.toBytes();
    }
  }

  /**
   * An epoch's audit, once it is in the log.
   *
   * @param timeMillis milliseconds since 1970
   * @param digest SHA-256 of the leaf
   */
  record Audit(long timeMillis, long epoch, Bytes digest) implements SignedRecord {
    @Override
    public Bytes encode() {
      return new CanonicalWriter().u8(AUDIT).u64(timeMillis).u64(epoch).raw(digest).toBytes();
    }
  }

  static SignedRecord decode(Bytes record) throws IOException {
    try {
      CanonicalReader in = new CanonicalReader(record);
      int kind = in.number(STATEMENT, AUDIT, in.u8(), "kind");
      SignedRecord read = kind == AUDIT ? audit(in) : statement(in);
      in.end();
      return read;
    } catch (Rejected | Refused e) {
      throw new IOException("The notary's journal holds a record of another program.", e);
    }
  }

  private static SignedRecord audit(CanonicalReader in) throws Rejected {
    return new Audit(in.u64(), in.u64(), in.raw(32));
  }

  private static SignedRecord statement(CanonicalReader in) throws Rejected, Refused {
    long time = in.u64();
    String text = Utf8.decode(in.field(Note.SIZE_MAX, "statement"), "statement");
    int count = in.number(0, APPROVALS_MAX, in.u8(), "approvals");
    List<Note> approvals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      approvals.add(Note.parse(in.field(Approval.SIZE_MAX, "approval")));
    }
    return new Statement(time, text, approvals);
  }
}
