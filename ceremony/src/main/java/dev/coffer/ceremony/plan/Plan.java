package dev.coffer.ceremony.plan;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What a ceremony is to found, and who is there: agreed on, hashed and read aloud before the first
 * key is made. It has one encoding, lines of ASCII, so that one hash names it. Every plan that
 * exists keeps {@link PlanRules}. Immutable.
 *
 * @param ceremony its name, such as {@code pilot-1}: a second try gets another
 * @param hoursMax how old a file on a stick may be, and how far clocks may differ
 * @param settings what is frozen in the fleet
 * @param simulated whether HSMs may say SIMULATED: never for a fleet that users get
 * @param measurement the program of all HSMs; if empty, it only has to be one
 * @param announcedBy SHA-256 of a c2sp.org/tlog-policy: the plan is in a log of its, and seen by a
 *     quorum of its witnesses, before any HSM makes an identity; if empty, nothing shows that
 * @param sites site i at i−1
 * @param participants who is there and signs
 * @param signaturesNeeded how many of them have to sign before a node may serve
 */
public record Plan(
    String ceremony,
    int hoursMax,
    FleetSettings settings,
    boolean simulated,
    Optional<Bytes> measurement,
    Optional<Bytes> announcedBy,
    List<Site> sites,
    List<Participant> participants,
    int signaturesNeeded) {
  private static final String HEAD = "coffer/ceremony-plan/v1";
  private static final String WHAT = "the plan";
  private static final int OCTETS_MAX = 64 << 10;

  public Plan {
    sites = List.copyOf(sites);
    participants = List.copyOf(participants);
  }

  /** The one encoding, for files. */
  public Bytes encode() {
    StringBuilder text = new StringBuilder(HEAD).append('\n');
    line(text, "ceremony", ceremony);
    line(text, "hours-max", hoursMax);
    line(text, "hsms", settings.n());
    line(text, "threshold", settings.t());
    line(text, "capture-quorum", settings.q());
    line(text, "guess-limit", settings.guessLimitMax());
    line(text, "partitions", settings.partitions());
    line(text, "replace-by-login", word(settings.replaceByLogin()));
    line(text, "delete-by-login", word(settings.deleteByLogin()));
    line(text, "simulated", word(simulated));
    measurement.ifPresent(digest -> line(text, "measurement", digest.hex()));
    announcedBy.ifPresent(digest -> line(text, "announced-by", digest.hex()));
    for (Site site : sites) {
      line(
          text,
          "site",
          "%d %s %s %d %d %d"
              .formatted(
                  site.index(),
                  site.name(),
                  site.host(),
                  site.httpPort(),
                  site.peerPort(),
                  site.raftPort()));
    }
    for (Site site : sites) {
      site.hardware().ifPresent(planned -> hardware(text, site.index(), planned));
    }
    for (Site site : sites) {
      site.exchangePort().ifPresent(port -> line(text, "exchange", site.index() + " " + port));
    }
    for (TenantIssuer tenant : settings.tenants()) {
      line(text, "tenant", tenant.tenant() + " " + tenant.rootKey().hex());
    }
    for (Participant participant : participants) {
      line(text, "participant", participant.name() + " " + participant.key());
    }
    line(text, "signatures-needed", signaturesNeeded);
    return Utf8.encode(text.toString());
  }

  private static void line(StringBuilder text, String keyword, Object value) {
    text.append(keyword).append(' ').append(value).append('\n');
  }

  private static void hardware(StringBuilder text, int site, Hardware planned) {
    String start =
        planned.pcrs().map(pcrs -> " " + pcrs.numbers() + " " + pcrs.digest().hex()).orElse("");
    line(text, "hsm", site + " " + planned.port().word() + start);
  }

  private static String word(boolean flag) {
    return flag ? "yes" : "no";
  }

  /** Names the plan; see {@link Words}. */
  public Bytes hash() {
    return Hashes.sha256(encode());
  }

  /** Site {@code index}, 1 to n. */
  public Site site(int index) {
    return sites.get(index - 1);
  }

  /** Reads a plan: {@link #encode} of what is returned is {@code octets} again. */
  public static Plan parse(Bytes octets) throws CeremonyRefused {
    Plan plan;
    try {
      plan = read(octets);
    } catch (Refused e) {
      throw unreadable(e.what());
    }
    var mistake = PlanRules.mistake(plan);
    if (mistake.isPresent()) {
      throw unreadable("'" + mistake.get().setting() + "' " + mistake.get().what());
    }
    if (!plan.encode().equals(octets)) {
      throw unreadable("it is written in another way than coffer ceremony plan writes it");
    }
    return plan;
  }

  private static CeremonyRefused unreadable(String why) {
    return new CeremonyRefused(
        "This is no plan of a ceremony: " + why + ".",
        "Make one with coffer ceremony plan, and change the settings file, never the plan.");
  }

  private static Plan read(Bytes octets) throws Refused {
    LineReader lines = new LineReader(text(octets), WHAT);
    lines.expect(HEAD);
    String ceremony = lines.after("ceremony");
    int hoursMax = number(lines, "hours-max");
    int n = number(lines, "hsms");
    lines.expect("threshold " + (n / 2 + 1));
    int q = number(lines, "capture-quorum");
    int guesses = number(lines, "guess-limit");
    int partitions = number(lines, "partitions");
    boolean replace = lines.after("replace-by-login").equals("yes");
    boolean delete = lines.after("delete-by-login").equals("yes");
    boolean simulated = lines.after("simulated").equals("yes");
    Optional<Bytes> measurement = digest(lines, "measurement");
    Optional<Bytes> announcedBy = digest(lines, "announced-by");
    List<Site> sites = new ArrayList<>();
    while (lines.peek().startsWith("site ")) {
      List<String> words = lines.words("site", 6);
      sites.add(
          new Site(
              number(words.get(0)),
              words.get(1),
              words.get(2),
              number(words.get(3)),
              number(words.get(4)),
              number(words.get(5)),
              Optional.empty(),
              OptionalInt.empty()));
    }
    while (lines.peek().startsWith("hsm ")) {
      hardware(lines.after("hsm").split(" ", -1), sites);
    }
    while (lines.peek().startsWith("exchange ")) {
      List<String> words = lines.words("exchange", 2);
      int site = number(words.get(0));
      if (site < 1 || site > sites.size()) {
        throw new Refused(RefusalCode.MALFORMED, "a line exchange");
      }
      sites.set(site - 1, sites.get(site - 1).exchangingAt(number(words.get(1))));
    }
    List<TenantIssuer> tenants = new ArrayList<>();
    while (lines.peek().startsWith("tenant ")) {
      List<String> words = lines.words("tenant", 2);
      tenants.add(
          new TenantIssuer(words.get(0), LowerHex.parse(words.get(1), Limits.DIGEST, "root key")));
    }
    List<Participant> participants = new ArrayList<>();
    while (lines.peek().startsWith("participant ")) {
      List<String> words = lines.words("participant", 3);
      participants.add(new Participant(words.get(0), words.get(1) + " " + words.get(2)));
    }
    int needed = number(lines, "signatures-needed");
    lines.end();
    return new Plan(
        ceremony,
        hoursMax,
        new FleetSettings(n, q, guesses, partitions, tenants, replace, delete),
        simulated,
        measurement,
        announcedBy,
        sites,
        participants,
        needed);
  }

  private static Optional<Bytes> digest(LineReader lines, String keyword) throws Refused {
    return lines.peek().startsWith(keyword + " ")
        ? Optional.of(LowerHex.parse(lines.after(keyword), Limits.DIGEST, keyword))
        : Optional.empty();
  }

  /** A line whose order or number is another is found when all is written again. */
  private static void hardware(String[] words, List<Site> sites) throws Refused {
    int site = number(words[0]);
    Optional<Hardware.Port> port =
        Stream.of(Hardware.Port.values())
            .filter(known -> words.length > 1 && known.word().equals(words[1]))
            .findFirst();
    boolean state = words.length == 4;
    if (site < 1 || site > sites.size() || port.isEmpty() || words.length > 2 && !state) {
      throw new Refused(RefusalCode.MALFORMED, "a line hsm");
    }
    Optional<Hardware.Pcrs> pcrs =
        state
            ? Optional.of(
                new Hardware.Pcrs(words[2], LowerHex.parse(words[3], Limits.DIGEST, "PCRs")))
            : Optional.empty();
    sites.set(site - 1, sites.get(site - 1).with(new Hardware(port.get(), pcrs)));
  }

  private static String text(Bytes octets) throws Refused {
    if (octets.size() > OCTETS_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, WHAT);
    }
    String text = Utf8.decode(octets, WHAT);
    Utf8.checkAscii(text, WHAT);
    return text;
  }

  private static int number(LineReader lines, String keyword) throws Refused {
    return number(lines.after(keyword));
  }

  private static int number(String digits) throws Refused {
    return (int) Decimal.parse(digits, 0, 65_535, "a number");
  }
}
