package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Layout.code;
import static dev.coffer.evidence.site.Layout.row;
import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.link;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.evidence.Claim;
import dev.coffer.evidence.Finding;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A fleet's sites, settings and HSMs. Stateless. */
final class HsmsPage {
  /** What is found of all HSMs together. */
  private static final List<Claim> ATTESTED =
      List.of(
          Claim.CEREMONY_ATTESTATIONS,
          Claim.PROMISED_HSMS,
          Claim.PROMISED_PROGRAM,
          Claim.PROGRAM_REBUILT,
          Claim.ATTESTATION_EAT,
          Claim.ATTESTATION_KEYS,
          Claim.ATTESTATION_CHAIN,
          Claim.ATTESTATION_QUOTE,
          Claim.ATTESTATION_VENDOR);

  private HsmsPage() {}

  static Bytes of(Layout layout, PublishedFleet fleet) {
    Markup body =
        fleet
            .fleet()
            .map(known -> body(fleet, known))
            .orElseGet(
                () -> tag("p", text("Its HSMs cannot be read. The claims say what is wrong.")));
    return layout.page(fleet, "hsms.html", "Sites and HSMs", body);
  }

  private static Markup body(PublishedFleet fleet, Fleet known) {
    List<Markup> cards =
        IntStream.rangeClosed(1, known.hsms().size())
            .mapToObj(index -> card(fleet, known, index))
            .toList();
    return all(
        List.of(
            tag(
                "div",
                at("class", "beside"),
                SiteDiagram.of(fleet),
                tag("dl", all(settings(fleet, known)))),
            tag("h2", text("The HSMs")),
            tag(
                "p",
                text(
                    "What an HSM promises is its own word. Whether anybody else stands for it is "
                        + "under attestation.")),
            tag("div", at("class", "cards"), all(cards)),
            tag("h2", text("Attestation, of all of them")),
            tag("ul", at("class", "verdicts"), all(attested(fleet)))));
  }

  private static List<Markup> settings(PublishedFleet fleet, Fleet known) {
    FleetSettings settings = known.settings();
    return List.of(
        row("Fleet", code(known.id().value().hex())),
        row("Ceremony", text(fleet.name())),
        row("HSMs", text(settings.n() + ", each at a site of its own")),
        row("A guess is counted by", text(settings.q() + " of them, before it is answered")),
        row("It takes to open", text(settings.t() + " of them; fewer know nothing")),
        row("Guesses", text("at most " + settings.guessLimitMax() + " for a registration")),
        row("By login alone", text(logins(settings))));
  }

  private static String logins(FleetSettings settings) {
    String replace = settings.replaceByLogin() ? "replace: yes" : "replace: no";
    return replace + (settings.deleteByLogin() ? ", delete: yes" : ", delete: no");
  }

  private static Markup card(PublishedFleet fleet, Fleet known, int index) {
    HsmIdentity hsm = known.hsm(index);
    HsmPromises promises = HsmPromises.of(hsm);
    boolean real = !hsm.simulated();
    Map<String, Boolean> said = new LinkedHashMap<>();
    said.put(
        "A copy of its disk holds no key.",
        promises.keys().compareTo(HsmPromises.Keys.SEALED) >= 0);
    said.put("Root on its host gets no key.", promises.keys() == HsmPromises.Keys.INSIDE);
    said.put(
        "An older memory is refused, down to its last anchor.",
        promises.memory().compareTo(HsmPromises.Memory.ANCHORED) >= 0);
    said.put(
        "An older memory is refused always.", promises.memory() == HsmPromises.Memory.MONOTONIC);
    said.put(
        "A device or its vendor signed for it.", promises.voucher() != HsmPromises.Voucher.NOBODY);
    boolean signed = hsm.evidence().isPresent();
    Markup details =
        all(
            Stream.of(
                row("Model", text(hsm.model())),
                row("Firmware measures", code(hsm.measurement().hex())),
                row("Signs with (Ed25519)", code(hsm.statementKey().hex())),
                row("Talks with (X25519)", code(hsm.sessionKey().hex())),
                row("Attestation", code("sha256:" + Hashes.sha256(hsm.attestation()).hex())),
                row(
                    "Signed by its own key",
                    text(signed ? "yes, over model, firmware and keys" : "no"))));
    return tag(
        "article",
        at("class", real ? "card" : "card pretend"),
        at("id", "hsm-" + index),
        tag("h3", text(index + ". " + SiteDiagram.name(fleet, index))),
        real ? Markup.NONE : tag("p", "stamp", "SIMULATED"),
        promise("It promises:", said, kept -> kept && real),
        promise("It does not promise:", said, kept -> !kept || !real),
        tag("dl", details));
  }

  /** Those of {@code said} of which that is true; a simulation promises nothing. */
  private static Markup promise(String head, Map<String, Boolean> said, Predicate<Boolean> shown) {
    List<Markup> lines =
        said.entrySet().stream()
            .filter(entry -> shown.test(entry.getValue()))
            .map(entry -> tag("li", text(entry.getKey())))
            .toList();
    return tag(
        "div",
        at("class", "holds"),
        tag("b", text(head)),
        lines.isEmpty() ? text(" nothing.") : tag("ul", all(lines)));
  }

  private static List<Markup> attested(PublishedFleet fleet) {
    List<Markup> lines = new ArrayList<>();
    for (Claim claim : ATTESTED) {
      Finding finding = fleet.finding(claim);
      lines.add(
          tag(
              "li",
              Layout.mark(finding.outcome()),
              text(" "),
              link("claims.html#" + claim.word(), claim.says()),
              tag("small", text(finding.why()))));
    }
    return lines;
  }
}
