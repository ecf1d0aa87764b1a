package dev.coffer.transparency.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The grammar of a bundle: strict ASCII lines in one order, one space between words. */
final class BundleText {
  private static final String HEAD = "coffer/fleet-bundle/v1";
  private static final String HASH = "sha256:";
  private static final String SESSION = "x25519";
  private static final String STATEMENT = "ed25519";

  private BundleText() {}

  static Bundle parse(String text) throws Refused {
    if (text.length() > Bundle.SIZE_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, "bundle");
    }
    Utf8.checkAscii(text, "bundle");
    LineReader in = new LineReader(text, "bundle");
    in.expect(HEAD);
    KeyName namespace = KeyName.parse(in.words("namespace", 1).get(0));
    long epoch = number(in, "epoch", 1, Long.MAX_VALUE);
    Bytes prev = hex(in.words("prev", 1).get(0));
    long notBefore = number(in, "not-before", 0, Long.MAX_VALUE);
    long notAfter = number(in, "not-after", notBefore, Long.MAX_VALUE);
    long minEpoch = number(in, "min-epoch", 1, epoch);
    long policy = number(in, "policy", 1, Long.MAX_VALUE);
    List<String> trust = in.words("trust-policy", 2);
    long trustPolicy = Decimal.parse(trust.get(0), 1, Long.MAX_VALUE, "bundle: trust-policy");
    if (prev.equals(Bundle.NO_PREV) != (epoch == 1)) {
      throw malformed("prev is zeros for epoch 1, and only then");
    }
    Bundle bundle =
        new Bundle(
            namespace,
            epoch,
            prev,
            notBefore,
            notAfter,
            minEpoch,
            policy,
            trustPolicy,
            hex(trust.get(1)),
            fleets(in));
    // Whatever this reader might let pass is refused here: there is one way to write a bundle.
    if (!bundle.text().equals(text)) {
      throw new Refused(RefusalCode.NOT_CANONICAL, "bundle");
    }
    return bundle;
  }

  private static List<ListedFleet> fleets(LineReader in) throws Refused {
    List<ListedFleet> fleets = new ArrayList<>();
    Set<Bytes> keys = new HashSet<>();
    do {
      if (fleets.size() == Bundle.FLEETS_MAX) {
        throw new Refused(RefusalCode.TOO_LARGE, "bundle: fleets");
      }
      ListedFleet fleet = fleet(in, keys);
      if (!fleets.isEmpty()
          && fleets.get(fleets.size() - 1).id().value().compareTo(fleet.id().value()) >= 0) {
        throw malformed("fleets ascend, each once");
      }
      fleets.add(fleet);
    } while (!in.atEnd());
    return fleets;
  }

  private static ListedFleet fleet(LineReader in, Set<Bytes> keys) throws Refused {
    List<String> words = in.words("fleet", 3);
    FleetId id = new FleetId(hex(words.get(0)));
    FleetState state = FleetState.parse(words.get(1));
    Bytes evidence = hash(words.get(2));
    if (state == FleetState.REVOKED) {
      return new ListedFleet(id, state, evidence, Optional.empty());
    }
    List<String> settings = of(id, in.words("settings", 6));
    int n = number(settings.get(0), 3, Limits.HSMS_MAX);
    int t = number(settings.get(1), n / 2 + 1, n / 2 + 1);
    int q = number(settings.get(2), t, n);
    int limit = number(settings.get(3), 1, Limits.GUESSES_MAX);
    int partitions = number(settings.get(4), 1, Limits.PARTITIONS_MAX);
    if (n % 2 == 0) {
      throw malformed("a fleet has 3, 5 or 7 HSMs");
    }
    List<List<String>> lines = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      lines.add(indexed(of(id, in.words("hsm", 5)), i));
    }
    List<ListedHsm> hsms = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      List<String> line = lines.get(i - 1);
      hsms.add(
          new ListedHsm(
              Words.check(line.get(0), "site"),
              Words.check(line.get(1), "model"),
              hash(line.get(2)),
              key(in, id, i, "session", SESSION, keys),
              key(in, id, i, "statement", STATEMENT, keys)));
    }
    return new ListedFleet(
        id, state, evidence, Optional.of(new Members(n, t, q, limit, partitions, hsms)));
  }

  private static Bytes key(
      LineReader in, FleetId id, int index, String role, String algorithm, Set<Bytes> keys)
      throws Refused {
    List<String> words = indexed(of(id, in.words("key", 5)), index);
    if (!words.get(0).equals(role) || !words.get(1).equals(algorithm)) {
      throw malformed("each HSM has a session key and a statement key, in this order");
    }
    Bytes key = StrictBase64.decode(words.get(2), Limits.DIGEST, "bundle: key");
    if (!keys.add(key)) {
      throw malformed("one key twice");
    }
    return key;
  }

  /** The words after the fleet's id, which must be this one. */
  private static List<String> of(FleetId id, List<String> words) throws Refused {
    if (!words.get(0).equals(id.value().hex())) {
      throw malformed("a line of another fleet");
    }
    return words.subList(1, words.size());
  }

  /** The words after the HSM's index, which must be this one. */
  private static List<String> indexed(List<String> words, int index) throws Refused {
    number(words.get(0), index, index);
    return words.subList(1, words.size());
  }

  private static long number(LineReader in, String keyword, long min, long max) throws Refused {
    return Decimal.parse(in.words(keyword, 1).get(0), min, max, "bundle: " + keyword);
  }

  private static int number(String word, int min, int max) throws Refused {
    return (int) Decimal.parse(word, min, max, "bundle: number");
  }

  private static Bytes hex(String word) throws Refused {
    return LowerHex.parse(word, Limits.DIGEST, "bundle: hash");
  }

  private static Bytes hash(String word) throws Refused {
    if (!word.startsWith(HASH)) {
      throw malformed("a hash says which it is");
    }
    return hex(word.substring(HASH.length()));
  }

  private static Refused malformed(String what) {
    return new Refused(RefusalCode.MALFORMED, "bundle: " + what);
  }

  static String write(Bundle bundle) {
    StringBuilder out = new StringBuilder(HEAD).append('\n');
    line(out, "namespace", bundle.namespace());
    line(out, "epoch", bundle.epoch());
    line(out, "prev", bundle.prev().hex());
    line(out, "not-before", bundle.notBefore());
    line(out, "not-after", bundle.notAfter());
    line(out, "min-epoch", bundle.minEpoch());
    line(out, "policy", bundle.policy());
    line(out, "trust-policy", bundle.trustPolicy(), bundle.trustPolicyHash().hex());
    for (ListedFleet fleet : bundle.fleets()) {
      String id = fleet.id().value().hex();
      line(out, "fleet", id, fleet.state().word(), HASH + fleet.evidence().hex());
      fleet.members().ifPresent(members -> write(out, id, members));
    }
    return out.toString();
  }

  private static void write(StringBuilder out, String id, Members of) {
    line(out, "settings", id, of.n(), of.t(), of.q(), of.limit(), of.partitions());
    int index = 0;
    for (ListedHsm hsm : of.hsms()) {
      line(out, "hsm", id, ++index, hsm.site(), hsm.model(), HASH + hsm.attestation().hex());
    }
    index = 0;
    for (ListedHsm hsm : of.hsms()) {
      index++;
      line(out, "key", id, index, "session", SESSION, StrictBase64.encode(hsm.sessionKey()));
      line(out, "key", id, index, "statement", STATEMENT, StrictBase64.encode(hsm.statementKey()));
    }
  }

  private static void line(StringBuilder out, Object... words) {
    for (int i = 0; i < words.length; i++) {
      out.append(i == 0 ? "" : " ").append(words[i]);
    }
    out.append('\n');
  }
}
