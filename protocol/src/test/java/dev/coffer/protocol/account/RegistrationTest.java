package dev.coffer.protocol.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.request.RequestHash;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What an account consists of, one octet or one number past each limit. */
final class RegistrationTest {
  private static final Registration GOOD = Samples.registration();

  private static void broken(Executable make) {
    assertThrows(Invariant.Broken.class, make);
  }

  private static Registration made(Bytes authKey, Bytes ownerKey, int wrapped, int limit) {
    return new Registration(
        authKey, ownerKey, Samples.octets(7, wrapped), limit, KsfParameters.DEFAULT, GOOD.id());
  }

  private static Registration read(Bytes encoded) throws Rejected {
    return Registration.read(new CanonicalReader(encoded));
  }

  private static Bytes encoded(Registration registration) {
    CanonicalWriter out = new CanonicalWriter();
    registration.write(out);
    return out.toBytes();
  }

  @Test
  void identifiersHaveThirtyTwoOctets() {
    for (Function<Bytes, Object> id :
        List.<Function<Bytes, Object>>of(
            AttemptId::new, RegistrationId::new, TreeKey::new, FleetId::new, RequestHash::new)) {
      assertEquals(id.apply(Samples.digest(1)), id.apply(Samples.digest(1)));
      broken(() -> id.apply(Samples.octets(1, 31)));
      broken(() -> id.apply(Samples.octets(1, 33)));
    }
  }

  @Test
  void aRegistrationStaysWithinItsLimits() throws Exception {
    Bytes key = Samples.digest(1);
    for (Registration edge : List.of(made(key, key, 1, 1), made(key, key, 128, 10))) {
      assertEquals(edge, read(encoded(edge)));
    }
    broken(() -> made(Samples.octets(1, 31), key, 60, 10));
    broken(() -> made(key, Samples.octets(1, 33), 60, 10));
    broken(() -> made(key, key, 0, 10));
    broken(() -> made(key, key, 129, 10));
    broken(() -> made(key, key, 60, 0));
    broken(() -> made(key, key, 60, 11));
  }

  @Test
  void whatIsReadStaysWithinThemToo() {
    Bytes keys = Samples.digest(1).concat(Samples.digest(2));
    Bytes rest = encoded(GOOD).slice(64 + 2 + 60 + 1, encoded(GOOD).size());
    for (int size : new int[] {0, 129}) {
      CanonicalWriter out = new CanonicalWriter().raw(keys).string(Samples.octets(7, size));
      Bytes bad = out.u8(10).raw(rest).toBytes();
      assertEquals(
          RejectionCode.OUT_OF_RANGE, assertThrows(Rejected.class, () -> read(bad)).code());
    }
    for (int limit : new int[] {0, 11}) {
      CanonicalWriter out = new CanonicalWriter().raw(keys).string(Samples.octets(7, 60));
      Bytes bad = out.u8(limit).raw(rest).toBytes();
      assertEquals(
          RejectionCode.OUT_OF_RANGE, assertThrows(Rejected.class, () -> read(bad)).code());
    }
  }

  @Test
  void subjectsHaveNamesOfLimitedSize() throws Exception {
    FleetId fleet = Samples.fleet().id();
    Subject longest = new Subject(fleet, "ö".repeat(16), "é".repeat(32), "code");
    assertEquals(longest, Subject.read(new CanonicalReader(longest.encode())));
    broken(() -> new Subject(fleet, "", "alice", "code"));
    broken(() -> new Subject(fleet, "ö".repeat(17), "alice", "code"));
    broken(() -> new Subject(fleet, "acme", "", "code"));
    broken(() -> new Subject(fleet, "acme", "é".repeat(33), "code"));
    for (List<String> names : List.of(List.of("", "alice"), List.of("acme", ""))) {
      Bytes bad =
          new CanonicalWriter()
              .raw(fleet.value())
              .string(names.get(0))
              .string(names.get(1))
              .string("code")
              .toBytes();
      Executable reading = () -> Subject.read(new CanonicalReader(bad));
      assertEquals(RejectionCode.OUT_OF_RANGE, assertThrows(Rejected.class, reading).code());
    }
  }

  @Test
  void historyHasEightEventsOfKnownKinds() throws Exception {
    for (HistoryItem.Kind kind : HistoryItem.Kind.values()) {
      List<HistoryItem> items = Collections.nCopies(8, new HistoryItem(kind, 7, 3));
      CanonicalWriter out = new CanonicalWriter();
      HistoryItem.writeAll(items, out);
      assertEquals(1 + 8 * 17, out.size());
      assertEquals(items, HistoryItem.readAll(new CanonicalReader(out.toBytes())));
    }
    for (int kind : new int[] {0, 9}) {
      Bytes unknown = new CanonicalWriter().u8(1).u8(kind).u64(7).u64(3).toBytes();
      Executable reading = () -> HistoryItem.readAll(new CanonicalReader(unknown));
      assertEquals(RejectionCode.UNKNOWN_TAG, assertThrows(Rejected.class, reading).code());
    }
    Executable nine = () -> HistoryItem.readAll(new CanonicalReader(Bytes.fromHex("09")));
    assertEquals(RejectionCode.OUT_OF_RANGE, assertThrows(Rejected.class, nine).code());
  }
}
