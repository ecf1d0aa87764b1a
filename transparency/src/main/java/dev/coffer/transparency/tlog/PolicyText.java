package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;

/** Reads and writes {@link Policy} as c2sp.org/tlog-policy lays it out. One reader, one file. */
final class PolicyText {
  private static final int SIZE_MAX = 64 << 10;
  private static final int LINES_MAX = 64;

  private final List<Policy.Log> logs = new ArrayList<>();
  private final List<Policy.Witness> witnesses = new ArrayList<>();
  private final List<Policy.Group> groups = new ArrayList<>();
  private final Set<Bytes> logKeys = new HashSet<>();
  private final Set<Bytes> witnessKeys = new HashSet<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> members = new HashSet<>();
  private String quorum = "";

  private PolicyText() {}

  static Policy parse(Bytes file) throws Refused {
    if (file.size() > SIZE_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, "policy");
    }
    // Names are octets to this format: one character an octet compares them as such.
    String text = new String(file.toByteArray(), StandardCharsets.ISO_8859_1);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 && c != '\t' && c != '\n' || c == 0x7f) {
        throw new Refused(RefusalCode.BAD_TEXT, "policy");
      }
    }
    PolicyText policy = new PolicyText();
    LineReader in = new LineReader(text, "policy");
    while (!in.atEnd()) {
      policy.line(in.line());
    }
    if (policy.quorum.isEmpty()) {
      throw malformed("exactly one quorum line");
    }
    return new Policy(policy.logs, policy.witnesses, policy.groups, policy.quorum);
  }

  private void line(String line) throws Refused {
    StringTokenizer tokens = new StringTokenizer(line, " \t");
    if (!tokens.hasMoreTokens()) {
      return;
    }
    List<String> words = new ArrayList<>();
    while (tokens.hasMoreTokens()) {
      words.add(tokens.nextToken());
    }
    String keyword = words.get(0);
    if (keyword.startsWith("#")) {
      return;
    }
    switch (keyword) {
      case "log" -> log(words);
      case "witness" -> witness(words);
      case "group" -> group(words);
      case "quorum" -> quorum(words);
      default -> throw malformed("unknown keyword");
    }
  }

  private void log(List<String> words) throws Refused {
    VerifierKey key = key(words, 1, SignatureType.ED25519);
    if (!logKeys.add(key.publicKey())) {
      throw malformed("one log twice");
    }
    limited(logs);
    logs.add(new Policy.Log(key, last(words, 2)));
  }

  private void witness(List<String> words) throws Refused {
    VerifierKey key = key(words, 2, SignatureType.COSIGNATURE);
    if (!witnessKeys.add(key.publicKey())) {
      throw malformed("one witness twice");
    }
    limited(witnesses);
    witnesses.add(new Policy.Witness(define(words.get(1)), key, last(words, 3)));
  }

  private void group(List<String> words) throws Refused {
    if (words.size() < 4) {
      throw malformed("a group has a name, a threshold and members");
    }
    List<String> mine = words.subList(3, words.size());
    for (String member : mine) {
      // Each name is a member once in the whole file, so that no witness counts in two ways.
      if (!names.contains(member) || !members.add(member)) {
        throw malformed("a member is defined before, and a member once");
      }
    }
    int threshold =
        switch (words.get(2)) {
          case "all" -> mine.size();
          case "any" -> 1;
          default -> (int) Decimal.parse(words.get(2), 1, mine.size(), "policy: threshold");
        };
    limited(groups);
    groups.add(new Policy.Group(define(words.get(1)), threshold, mine));
  }

  private void quorum(List<String> words) throws Refused {
    boolean defined =
        words.size() == 2 && (names.contains(words.get(1)) || words.get(1).equals(Policy.NONE));
    if (!quorum.isEmpty() || !defined) {
      throw malformed("exactly one quorum line with a name defined before");
    }
    quorum = words.get(1);
  }

  private String define(String name) throws Refused {
    if (name.equals(Policy.NONE) || !names.add(name)) {
      throw malformed("a name is defined once, and is not none");
    }
    return name;
  }

  private static VerifierKey key(List<String> words, int at, SignatureType type) throws Refused {
    if (words.size() <= at) {
      throw malformed("a key is missing");
    }
    Bytes octets = Bytes.wrap(words.get(at).getBytes(StandardCharsets.ISO_8859_1));
    VerifierKey key = VerifierKey.parse(Utf8.decode(octets, "policy: key"));
    if (key.type() != type) {
      throw new Refused(RefusalCode.UNSUPPORTED, "policy: a key of another type");
    }
    return key;
  }

  private static Optional<String> last(List<String> words, int at) throws Refused {
    if (words.size() > at + 1) {
      throw malformed("too many words");
    }
    return words.size() == at ? Optional.empty() : Optional.of(words.get(at));
  }

  private static void limited(List<?> lines) throws Refused {
    if (lines.size() == LINES_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, "policy: at most 64 logs, witnesses, groups");
    }
  }

  private static Refused malformed(String what) {
    return new Refused(RefusalCode.MALFORMED, "policy: " + what);
  }

  static Bytes write(Policy policy) {
    StringBuilder out = new StringBuilder();
    for (Policy.Log log : policy.logs()) {
      out.append("log ").append(octets(log.key())).append(url(log.url()));
    }
    for (Policy.Witness witness : policy.witnesses()) {
      out.append("witness ").append(witness.name()).append(' ');
      out.append(octets(witness.key())).append(url(witness.url()));
    }
    for (Policy.Group group : policy.groups()) {
      out.append("group ").append(group.name()).append(' ').append(group.threshold()).append(' ');
      out.append(String.join(" ", group.members())).append('\n');
    }
    out.append("quorum ").append(policy.quorum()).append('\n');
    return Bytes.wrap(out.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** One character an octet, as everywhere in this class. */
  private static String octets(VerifierKey key) {
    return new String(Utf8.encode(key.text()).toByteArray(), StandardCharsets.ISO_8859_1);
  }

  private static String url(Optional<String> url) {
    return url.map(address -> " " + address).orElse("") + "\n";
  }
}
