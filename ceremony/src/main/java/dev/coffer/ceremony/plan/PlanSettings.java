package dev.coffer.ceremony.plan;

import dev.coffer.files.SettingMistake;
import dev.coffer.files.Settings;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reads a plan from the settings file that people write. */
public final class PlanSettings {
  private static final int PORT_MAX = 65_535;
  private static final int HTTP_PORT = 8443;
  private static final int PEER_PORT = 8444;
  private static final int RAFT_PORT = 8445;
  private static final long HOURS = 4;

  /** What the port binds its keys to unless its settings say otherwise. */
  private static final String PCRS = "0,2,4,7";

  private static final Settings.Names NAMES =
      Settings.Names.of(
          Set.of(
              "ceremony",
              "hours-max",
              "hsms",
              "threshold",
              "capture-quorum",
              "guess-limit",
              "partitions",
              "replace-by-login",
              "delete-by-login",
              "simulated",
              "measurement",
              "announced-by",
              "signatures-needed",
              "site.<i>.name",
              "site.<i>.host",
              "site.<i>.http-port",
              "site.<i>.peer-port",
              "site.<i>.raft-port",
              "site.<i>.exchange-port",
              "site.<i>.hsm",
              "site.<i>.pcrs",
              "site.<i>.pcr-digest",
              "tenant.<i>.name",
              "tenant.<i>.root-key",
              "participant.<i>.name",
              "participant.<i>.key"));

  private final Settings settings;

  private PlanSettings(Settings settings) {
    this.settings = settings;
  }

  /**
   * Reads {@code file}.
   *
   * @throws SettingMistake with one sentence that names the file, the line and what to do
   */
  public static Plan read(Path file) throws SettingMistake, IOException {
    Settings settings = Settings.read(file, NAMES);
    Plan plan = new PlanSettings(settings).plan();
    Optional<PlanRules.Mistake> mistake = PlanRules.mistake(plan);
    if (mistake.isPresent()) {
      throw settings.wrong(mistake.get().setting(), mistake.get().what());
    }
    return plan;
  }

  private Plan plan() throws SettingMistake {
    int n = number("hsms", 1, 99);
    int threshold = n / 2 + 1;
    long stated = settings.number("threshold", 1, 99).orElse((long) threshold);
    if (stated != threshold) {
      throw settings.wrong(
          "threshold", "of " + n + " HSMs is " + threshold + ": write that, or leave the line out");
    }
    List<Participant> participants = participants();
    return new Plan(
        settings.required("ceremony"),
        (int) (long) settings.number("hours-max", 1, PlanRules.HOURS_MAX).orElse(HOURS),
        new FleetSettings(
            n,
            (int) (long) settings.number("capture-quorum", 1, 99).orElse((long) threshold),
            number("guess-limit", 1, 99),
            (int) (long) settings.number("partitions", 1, Limits.PARTITIONS_MAX).orElse(1L),
            tenants(),
            flag("replace-by-login"),
            flag("delete-by-login")),
        settings.choice("simulated", List.of("yes", "no")).orElse("no").equals("yes"),
        digest("measurement"),
        digest("announced-by"),
        sites(),
        participants,
        (int)
            (long) settings.number("signatures-needed", 1, 99).orElse((long) participants.size()));
  }

  /** What a login alone may do is never left to a default: it is frozen for good. */
  private boolean flag(String name) throws SettingMistake {
    settings.required(name);
    return settings.choice(name, List.of("yes", "no")).orElseThrow().equals("yes");
  }

  private int number(String name, int min, int max) throws SettingMistake {
    settings.required(name);
    return (int) (long) settings.number(name, min, max).orElseThrow();
  }

  private int port(String name, long fallback) throws SettingMistake {
    return (int) (long) settings.number(name, 1, PORT_MAX).orElse(fallback);
  }

  /** The numbers that stand in the names of {@code kind}, which count from 1 without a gap. */
  private List<Integer> numbered(String kind) throws SettingMistake {
    List<Integer> numbers =
        settings.set().stream()
            .filter(name -> name.startsWith(kind + "."))
            .map(name -> Integer.valueOf(name.split("\\.")[1]))
            .distinct()
            .sorted()
            .toList();
    for (int i = 1; i <= numbers.size(); i++) {
      if (numbers.get(i - 1) != i) {
        throw settings.wrong(
            kind + "." + numbers.get(i - 1) + ".name",
            "leaves out " + kind + "." + i + ": number them from 1");
      }
    }
    return IntStream.rangeClosed(1, numbers.size()).boxed().toList();
  }

  private List<Site> sites() throws SettingMistake {
    List<Site> sites = new ArrayList<>();
    for (int i : numbered("site")) {
      String site = "site." + i + ".";
      sites.add(
          new Site(
              i,
              settings.required(site + "name"),
              settings.required(site + "host"),
              port(site + "http-port", HTTP_PORT),
              port(site + "peer-port", PEER_PORT),
              port(site + "raft-port", RAFT_PORT),
              hardware(site),
              exchangePort(site + "exchange-port")));
    }
    return sites;
  }

  private OptionalInt exchangePort(String name) throws SettingMistake {
    return settings
        .number(name, 1, PORT_MAX)
        .map(port -> OptionalInt.of((int) (long) port))
        .orElseGet(OptionalInt::empty);
  }

  private Optional<Hardware> hardware(String site) throws SettingMistake {
    Optional<Hardware.Port> port =
        settings
            .choice(
                site + "hsm", Stream.of(Hardware.Port.values()).map(Hardware.Port::word).toList())
            .map(word -> Hardware.Port.valueOf(word.toUpperCase(Locale.ROOT)));
    Optional<Bytes> digest = digest(site + "pcr-digest");
    if (digest.isEmpty() && settings.text(site + "pcrs").isPresent()) {
      throw settings.wrong(site + "pcrs", "says nothing without " + site + "pcr-digest: add it");
    }
    if (digest.isPresent() && port.filter(Hardware.Port.TPM::equals).isEmpty()) {
      throw settings.wrong(site + "pcr-digest", "is for a TPM: add " + site + "hsm = tpm");
    }
    String numbers = settings.text(site + "pcrs").orElse(PCRS);
    return port.map(
        kind -> new Hardware(kind, digest.map(octets -> new Hardware.Pcrs(numbers, octets))));
  }

  private Optional<Bytes> digest(String name) throws SettingMistake {
    Optional<String> text = settings.text(name);
    try {
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(LowerHex.parse(text.get(), Limits.DIGEST, name));
    } catch (Refused e) {
      throw settings.wrong(name, "is a SHA-256 in 64 small hexadecimal digits");
    }
  }

  private List<TenantIssuer> tenants() throws SettingMistake {
    List<TenantIssuer> tenants = new ArrayList<>();
    for (int i : numbered("tenant")) {
      String key = "tenant." + i + ".root-key";
      try {
        Bytes root = LowerHex.parse(settings.required(key), Limits.DIGEST, key);
        tenants.add(new TenantIssuer(settings.required("tenant." + i + ".name"), root));
      } catch (Refused e) {
        throw settings.wrong(key, "is an Ed25519 public key in 64 small hexadecimal digits");
      }
    }
    tenants.sort(Comparator.comparing(TenantIssuer::tenant));
    return tenants;
  }

  /** A comment behind a key is left out: it is not part of it. */
  private List<Participant> participants() throws SettingMistake {
    List<Participant> participants = new ArrayList<>();
    for (int i : numbered("participant")) {
      String[] words = settings.required("participant." + i + ".key").split("\\s+");
      String key = words.length < 2 ? words[0] : words[0] + " " + words[1];
      participants.add(new Participant(settings.required("participant." + i + ".name"), key));
    }
    return participants;
  }
}
