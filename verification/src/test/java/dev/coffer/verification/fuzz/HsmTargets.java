package dev.coffer.verification.fuzz;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.account.AccountCodec;
import dev.coffer.hsm.account.AccountCounters;
import dev.coffer.hsm.account.Applied;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the trusted core reads besides calls: records and its own memory; and the rules of the
 * account, given any record that decodes and any request that decodes.
 */
final class HsmTargets {
  private static final long K = 1_000;

  private final Conversation talk;

  HsmTargets(Conversation talk) {
    this.talk = talk;
  }

  List<Target> all() {
    List<Bytes> accounts = accounts();
    return List.of(
        Codecs.whole(
            "account-record",
            accounts,
            octets -> AccountCodec.decode(new CanonicalReader(octets)),
            account -> Bytes.wrap(AccountCodec.encode(account))),
        chainImage(),
        rules(accounts),
        new HsmCalls(talk).target(),
        new HsmSequences().target(),
        new FoundingSequences(talk).target(),
        new AdmittedRequests(talk).target());
  }

  /** Every account that the conversation's requests, applied one after another, lead to. */
  private List<Bytes> accounts() {
    List<Bytes> encodings = new ArrayList<>();
    Account account = Account.Absent.NEVER;
    encodings.add(Bytes.wrap(AccountCodec.encode(account)));
    for (Request request : talk.requests) {
      long k = talk.ordered.get(talk.requests.indexOf(request)).certificate().values().k();
      account = Applied.of(request, account, at(talk.fleet.fleet(), request, k)).account();
      encodings.add(Bytes.wrap(AccountCodec.encode(account)));
    }
    return encodings;
  }

  private static Applied.EntryContext at(Fleet fleet, Request request, long k) {
    return new Applied.EntryContext(fleet, k, 0, request.hash(), Bytes.zeros(Limits.DIGEST));
  }

  /**
   * Record ‖ request: whatever stands in a record that opens and in a request that was admitted,
   * the rules answer, nothing that must only grow shrinks (INV-7), no more guesses are granted than
   * the record has (INV-2), and the result fits its record again.
   */
  private Target rules(List<Bytes> accounts) {
    List<Bytes> seeds = new ArrayList<>();
    for (Request request : talk.requests) {
      accounts.forEach(account -> seeds.add(account.concat(request.encode())));
    }
    Fleet fleet = talk.fleet.fleet();
    return new Target(
        "account-rules",
        seeds,
        input -> {
          if (input.size() < AccountCodec.SIZE) {
            return Optional.empty();
          }
          Account before =
              AccountCodec.decode(new CanonicalReader(input.slice(0, AccountCodec.SIZE)));
          Request request = Request.decode(input.slice(AccountCodec.SIZE, input.size()));
          if (!plausible(before.counters())) {
            return Optional.empty();
          }
          judge(before, Applied.of(request, before, at(fleet, request, K)));
          return Optional.of(input);
        });
  }

  /** Numbers that no chain ever reaches are the record seal's to keep out, not the rules'. */
  private static boolean plausible(AccountCounters counters) {
    long most = 1L << 48;
    return counters.generation() >= 0
        && counters.generation() < most
        && counters.attemptNumber() >= 0
        && counters.attemptNumber() < most
        && counters.floorK() >= 0
        && counters.floorK() <= K;
  }

  private static void judge(Account before, Applied applied) throws Rejected {
    Account after = applied.account();
    AccountCounters was = before.counters();
    AccountCounters is = after.counters();
    boolean grows =
        is.generation() >= was.generation()
            && is.attemptNumber() >= was.attemptNumber()
            && is.floorK() >= was.floorK();
    if (!grows) {
      throw new AssertionError("INV-7: a number that must only grow has shrunk");
    }
    boolean counted = is.attemptNumber() == was.attemptNumber() + 1;
    if (counted && before.guessesLeft() == 0) {
      throw new AssertionError("INV-2: a guess is counted where none is left");
    }
    if (before instanceof Account.Exhausted && after instanceof Account.Active) {
      if (is.generation() != was.generation() + 1) {
        throw new AssertionError("INV-6: an exhausted account came back to life");
      }
    }
    if (!AccountCodec.decode(CanonicalReader.over(AccountCodec.encode(after))).equals(after)) {
      throw new AssertionError("the record does not come back from its encoding");
    }
  }

  /** The image in non-volatile memory: damage is refused, never guessed around. */
  private Target chainImage() {
    Bytes image = talk.host().platform().nvram().read(0).orElseThrow();
    FleetId fleetId = talk.fleet.fleet().id();
    Doors.Door decode =
        Doors.door("hsm.chain.ChainState", "decode", Bytes.class, FleetId.class, int.class);
    Doors.Door encode = Doors.door("hsm.chain.ChainState", "encode");
    return Codecs.whole(
        "chain-image",
        List.of(image),
        input -> decode.call(null, input, fleetId, 0),
        state -> bytes(encode, state));
  }

  private static Bytes bytes(Doors.Door encode, Object value) {
    try {
      return (Bytes) encode.call(value);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A call as these targets spell it: u8 method ‖ body. */
  static Bytes call(int method, Bytes body) {
    return new CanonicalWriter().u8(method).raw(body).toBytes();
  }
}
