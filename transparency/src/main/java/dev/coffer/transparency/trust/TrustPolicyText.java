package dev.coffer.transparency.trust;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Policy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The grammar of a trust policy: strict ASCII lines in one order, the last of them a
 * c2sp.org/tlog-policy that stock tools can read.
 */
final class TrustPolicyText {
  private static final String HEAD = "coffer/trust-policy/v1";
  private static final int ROOTS_MAX = 16;
  private static final long MAX_AGE_MAX = 31 * 86_400L;
  private static final long ANNOUNCE_MAX = 90 * 86_400L;

  private TrustPolicyText() {}

  static TrustPolicy parse(String text) throws Refused {
    if (text.length() > TrustPolicy.SIZE_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, "trust policy");
    }
    Utf8.checkAscii(text, "trust policy");
    LineReader in = new LineReader(text, "trust policy");
    in.expect(HEAD);
    KeyName namespace = KeyName.parse(in.words("namespace", 1).get(0));
    long version = number(in.words("version", 1).get(0), 1, Long.MAX_VALUE);
    Bytes prev = LowerHex.parse(in.words("prev", 1).get(0), 32, "trust policy: prev");
    int threshold = (int) number(in.words("root-threshold", 1).get(0), 1, ROOTS_MAX);
    List<VerifierKey> roots = new ArrayList<>();
    while (in.peek().startsWith("root ")) {
      roots.add(key(in, "root"));
    }
    VerifierKey operator = key(in, "operator");
    VerifierKey notary = key(in, "notary");
    List<String> ages = in.words("max-age", 2);
    long hard = number(ages.get(0), 1, MAX_AGE_MAX);
    long soft = number(ages.get(1), 1, hard);
    long announce = number(in.words("announce", 1).get(0), 0, ANNOUNCE_MAX);
    Policy log = Policy.parse(Utf8.encode(in.rest()));
    TrustPolicy policy =
        new TrustPolicy(
            namespace, version, prev, threshold, roots, operator, notary, hard, soft, announce,
            log);
    check(policy);
    // Whatever this reader might let pass is refused here: there is one way to write a policy.
    if (!policy.text().equals(text)) {
      throw new Refused(RefusalCode.NOT_CANONICAL, "trust policy");
    }
    return policy;
  }

  private static void check(TrustPolicy policy) throws Refused {
    require(
        policy.prev().equals(TrustPolicy.NO_PREV) == (policy.version() == 1),
        "prev is zeros for version 1, and only then");
    require(
        policy.roots().size() >= policy.rootThreshold() && policy.roots().size() <= ROOTS_MAX,
        "as many roots as the threshold, at most 16");
    require(policy.log().logs().size() == 1, "exactly one log");
    require(!policy.log().quorum().equals(Policy.NONE), "a quorum of witnesses");
    // One party in two roles would vouch for itself.
    Set<Bytes> keys = new HashSet<>();
    List<VerifierKey> all = new ArrayList<>(policy.roots());
    all.add(policy.operator());
    all.add(policy.notary());
    policy.log().logs().forEach(log -> all.add(log.key()));
    policy.log().witnesses().forEach(witness -> all.add(witness.key()));
    for (VerifierKey key : all) {
      require(keys.add(key.publicKey()), "each role has a key of its own");
    }
  }

  private static void require(boolean holds, String what) throws Refused {
    if (!holds) {
      throw new Refused(RefusalCode.MALFORMED, "trust policy: " + what);
    }
  }

  private static VerifierKey key(LineReader in, String keyword) throws Refused {
    VerifierKey key = VerifierKey.parse(in.words(keyword, 1).get(0));
    require(key.type() == SignatureType.ED25519, "roots, operator and notary sign with type 1");
    return key;
  }

  private static long number(String word, long min, long max) throws Refused {
    return Decimal.parse(word, min, max, "trust policy: number");
  }

  static String write(TrustPolicy policy) {
    StringBuilder out = new StringBuilder(HEAD).append('\n');
    out.append("namespace ").append(policy.namespace()).append('\n');
    out.append("version ").append(policy.version()).append('\n');
    out.append("prev ").append(policy.prev().hex()).append('\n');
    out.append("root-threshold ").append(policy.rootThreshold()).append('\n');
    policy.roots().forEach(root -> out.append("root ").append(root.text()).append('\n'));
    out.append("operator ").append(policy.operator().text()).append('\n');
    out.append("notary ").append(policy.notary().text()).append('\n');
    out.append("max-age ").append(policy.maxAgeHard()).append(' ');
    out.append(policy.maxAgeSoft()).append('\n');
    out.append("announce ").append(policy.announce()).append('\n');
    byte[] log = policy.log().encode().toByteArray();
    return out.append(new String(log, StandardCharsets.ISO_8859_1)).toString();
  }
}
