package dev.coffer.hsm.account;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.request.RequestHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An account as the plaintext of its record: one canonical encoding, padded to one size whatever
 * the state, so that the tree's ciphertexts say nothing.
 */
public final class AccountCodec {
  /** Octets of every plaintext: a record less nonce and tag. */
  public static final int SIZE = Limits.RECORD - Aead.NONCE - Aead.TAG;

  private static final int VERSION = 2;
  private static final int ABSENT = 0;
  private static final int ACTIVE = 1;
  private static final int EXHAUSTED = 2;
  private static final int DELETED = 3;

  private AccountCodec() {}

  /** The 996 octets of {@code account}, which the caller erases. */
  public static byte[] encode(Account account) {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    switch (account) {
      case Account.Absent absent -> write(absent.counters(), out.u8(ABSENT));
      case Account.Active active -> {
        write(active.counters(), out.u8(ACTIVE));
        write(active, out);
      }
      case Account.Exhausted exhausted -> write(exhausted.counters(), out.u8(EXHAUSTED));
      case Account.Deleted deleted -> {
        write(deleted.counters(), out.u8(DELETED));
        out.raw(deleted.request().value());
      }
    }
    Invariant.check(out.size() <= SIZE, "every account fits its record");
    byte[] plaintext = out.raw(Bytes.zeros(SIZE - out.size())).toByteArray();
    out.wipe();
    return plaintext;
  }

  private static void write(AccountCounters counters, CanonicalWriter out) {
    out.u64(counters.generation()).u64(counters.attemptNumber());
    out.raw(counters.trail()).u64(counters.floorK());
    out.u16(counters.failuresSinceSuccess());
    out.option(
        counters.lastRegistration(),
        last -> out.raw(last.id().value()).raw(last.request().value()));
    out.option(
        counters.pending(),
        start -> {
          out.raw(start.id().value()).raw(start.request().value()).raw(start.nonce());
          out.u64(start.k()).u16(start.position());
        });
    HistoryItem.writeAll(counters.history(), out);
  }

  private static void write(Account.Active active, CanonicalWriter out) {
    out.raw(active.nonce());
    active.registration().write(out);
    out.bool(active.replacedWithoutProof()).u8(active.open().size());
    active.open().forEach(out::raw);
  }

  /** Reads what {@link #encode} wrote, and leaves no copy of the whole. */
  public static Account decode(CanonicalReader in) throws Rejected {
    in.number(SIZE, SIZE, in.remaining(), "record size");
    in.number(VERSION, VERSION, in.u8(), "record version");
    int state = in.u8();
    AccountCounters counters = readCounters(in);
    Account account =
        switch (state) {
          case ABSENT -> new Account.Absent(counters);
          case ACTIVE -> readActive(counters, in);
          case EXHAUSTED -> new Account.Exhausted(counters);
          case DELETED -> new Account.Deleted(counters, requestHash(in));
          default -> throw new Rejected(RejectionCode.UNKNOWN_TAG, "account state");
        };
    in.padding();
    return account;
  }

  private static AccountCounters readCounters(CanonicalReader in) throws Rejected {
    long generation = in.u64();
    long attemptNumber = in.u64();
    Bytes trail = in.raw(Limits.DIGEST);
    long floorK = in.u64();
    int failures = in.u16();
    Optional<AccountCounters.Finished> last =
        in.option(() -> new AccountCounters.Finished(registrationId(in), requestHash(in)));
    Optional<AccountCounters.Pending> pending =
        in.option(() ->
            new AccountCounters.Pending(
                registrationId(in), requestHash(in), in.raw(Limits.DIGEST), in.u64(), in.u16()));
    return new AccountCounters(
        generation, attemptNumber, trail, floorK, failures, last, pending, HistoryItem.readAll(in));
  }

  private static RegistrationId registrationId(CanonicalReader in) throws Rejected {
    return new RegistrationId(in.raw(Limits.DIGEST));
  }

  private static RequestHash requestHash(CanonicalReader in) throws Rejected {
    return new RequestHash(in.raw(Limits.DIGEST));
  }

  private static Account readActive(AccountCounters counters, CanonicalReader in) throws Rejected {
    Bytes nonce = in.raw(Limits.DIGEST);
    Registration registration = Registration.read(in);
    boolean replacedWithoutProof = in.bool();
    int attempts = in.number(0, registration.limit(), in.u8(), "open attempts");
    List<Bytes> open = new ArrayList<>(attempts);
    for (int i = 0; i < attempts; i++) {
      open.add(in.raw(Limits.DIGEST));
    }
    return new Account.Active(counters, nonce, registration, replacedWithoutProof, open);
  }
}
