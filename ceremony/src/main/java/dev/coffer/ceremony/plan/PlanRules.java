package dev.coffer.ceremony.plan;

import dev.coffer.files.HostName;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.TenantIssuer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What every plan keeps, whether it comes from a settings file or from somebody's stick. Stateless.
 */
final class PlanRules {
  /** Hours that a file may be old. */
  static final int HOURS_MAX = 48;

  static final int PARTICIPANTS_MAX = 32;
  private static final String NAME = "[a-z0-9][a-z0-9-]{0,31}";
  private static final String TENANT = "[!-~]{1,32}";

  private PlanRules() {}

  /**
   * A rule that is not kept.
   *
   * @param setting the line of a settings file that is to blame
   * @param what the rest of a sentence whose subject it is, with what to do
   */
  record Mistake(String setting, String what) {}

  private static Optional<Mistake> wrong(String setting, String what) {
    return Optional.of(new Mistake(setting, what));
  }

  /** The first rule that is not kept. */
  static Optional<Mistake> mistake(Plan plan) {
    if (!plan.ceremony().matches(NAME)) {
      return wrong("ceremony", "is a name of small letters, digits and hyphens: write such a one");
    }
    if (plan.hoursMax() < 1 || plan.hoursMax() > HOURS_MAX) {
      return wrong("hours-max", "is a whole number from 1 to " + HOURS_MAX);
    }
    return numbers(plan.settings())
        .or(() -> sites(plan))
        .or(() -> tenants(plan.settings()))
        .or(() -> participants(plan))
        .or(() -> rest(plan.settings()));
  }

  private static Optional<Mistake> numbers(FleetSettings settings) {
    int n = settings.n();
    if (n != 3 && n != 5 && n != 7) {
      return wrong("hsms", "is 3, 5 or 7, one HSM a site");
    }
    int q = settings.q();
    if (q < settings.t() || q > n) {
      return wrong(
          "capture-quorum",
          "is "
              + q
              + ", and of "
              + n
              + " HSMs it is "
              + settings.t()
              + " to "
              + n
              + ": coffer fleet plan says what each tolerates");
    }
    if (settings.guessLimitMax() < 1 || settings.guessLimitMax() > Limits.GUESSES_MAX) {
      return wrong("guess-limit", "is a whole number from 1 to " + Limits.GUESSES_MAX);
    }
    return Optional.empty();
  }

  private static Optional<Mistake> sites(Plan plan) {
    List<Site> sites = plan.sites();
    if (sites.size() != plan.settings().n()) {
      return wrong(
          "hsms",
          "is "
              + plan.settings().n()
              + ", and "
              + sites.size()
              + " sites are described: describe site.1 to site."
              + plan.settings().n());
    }
    for (int i = 0; i < sites.size(); i++) {
      Site site = sites.get(i);
      String line = "site." + (i + 1);
      if (site.index() != i + 1 || !site.name().matches(NAME)) {
        return wrong(line + ".name", "is a name of small letters, digits and hyphens");
      }
      if (!HostName.valid(site.host())) {
        return wrong(line + ".host", "is no host: give " + HostName.FORM);
      }
      if (site.hardware().flatMap(Hardware::pcrs).filter(pcrs -> !pcrs.sound()).isPresent()) {
        return wrong(line + ".pcrs", "is numbers from 0 to 23 in their order, such as 0,2,4,7");
      }
      if (site.hardware().filter(planned -> !planned.fits(plan.simulated())).isPresent()) {
        return wrong(
            line + ".hsm",
            "is SIMULATED on plain files: plan hardware, or say simulated = yes in a rehearsal");
      }
      if (site.loopback() && !plan.simulated()) {
        return wrong(
            line + ".host",
            "is reached from its own machine alone: give the address that the other sites reach,"
                + " or say simulated = yes in a rehearsal");
      }
      if (!site.distinct()) {
        return wrong(line + ".http-port", "has to differ from the site's other ports");
      }
      for (Site other : sites.subList(0, i)) {
        if (other.name().equals(site.name())) {
          return wrong(
              line + ".name", "is the name of site " + other.index() + ", too: rename one");
        }
        if (other.sameMachine(site) && !site.loopback() || other.collides(site)) {
          return wrong(
              line + ".host",
              "is the address of site "
                  + other.index()
                  + ", too: each site is a machine of its own");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Mistake> tenants(FleetSettings settings) {
    List<TenantIssuer> tenants = settings.tenants();
    if (tenants.isEmpty()) {
      return wrong("tenant.1.name", "is missing: without a login issuer nobody can register");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < tenants.size(); i++) {
      String line = "tenant." + (i + 1) + ".name";
      if (!tenants.get(i).tenant().matches(TENANT)) {
        return wrong(line, "has 1 to 32 printable ASCII characters without blanks");
      }
      if (!names.add(tenants.get(i).tenant())) {
        return wrong(line, "stands twice: name each tenant once");
      }
    }
    return Optional.empty();
  }

  private static Optional<Mistake> participants(Plan plan) {
    List<Participant> participants = plan.participants();
    int count = participants.size();
    if (count < plan.settings().n() || count > PARTICIPANTS_MAX) {
      return wrong(
          "participant." + Math.min(count + 1, PARTICIPANTS_MAX) + ".name",
          "is missing: "
              + count
              + " participants for "
              + plan.settings().n()
              + " sites; at each site one at least is there and signs");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      String line = "participant." + (i + 1);
      if (!participants.get(i).name().matches(NAME) || !seen.add(participants.get(i).name())) {
        return wrong(line + ".name", "is no name of small letters, digits and hyphens, or twice");
      }
      if (!participants.get(i).sound()) {
        return wrong(
            line + ".key",
            "is no Ed25519 or ECDSA key of OpenSSH: copy the first two words of a .pub file");
      }
      if (!seen.add(participants.get(i).key())) {
        return wrong(line + ".key", "is another participant's, too: each has a key of their own");
      }
    }
    if (plan.signaturesNeeded() <= count / 2 || plan.signaturesNeeded() > count) {
      return wrong(
          "signatures-needed",
          "is " + (count / 2 + 1) + " to " + count + ": more than half of the participants");
    }
    return Optional.empty();
  }

  /** What is left is the protocol's own rule. */
  private static Optional<Mistake> rest(FleetSettings settings) {
    try {
      settings.validate();
      return Optional.empty();
    } catch (Rejected e) {
      return wrong("partitions", "or another setting is out of range: " + e.what());
    }
  }
}
