package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.link;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.evidence.Claim;
import dev.coffer.evidence.Finding;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The page for people who are not engineers: a sentence a promise, on one screen. Stateless. */
final class PromisesPage {
  private static final int WHY_MAX = 64;

  private PromisesPage() {}

  static Bytes of(Layout layout, PublishedFleet fleet) {
    Optional<Fleet> known = fleet.fleet();
    Markup body =
        known.isEmpty()
            ? tag(
                "p",
                text(
                    "It cannot be told which machines these are, so nothing is promised. The claims "
                        + "say what is wrong."))
            : all(
                List.of(
                    tag(
                        "p",
                        "lead",
                        "What "
                            + fleet.name()
                            + " promises people who keep backups with it, and whether it was shown."),
                    tag("ul", at("class", "promises"), all(sentences(fleet, known.get())))));
    return layout.page(fleet, "index.html", "In plain words", body);
  }

  private static List<Markup> sentences(PublishedFleet fleet, Fleet known) {
    List<Markup> sentences = new ArrayList<>();
    for (PlainSentence sentence : PlainSentence.values()) {
      Optional<Claim> open = sentence.open(fleet);
      Outcome outcome = open.map(claim -> fleet.finding(claim).outcome()).orElse(Outcome.PASS);
      List<Markup> links = new ArrayList<>();
      for (Claim claim : sentence.claims()) {
        links.add(link("claims.html#" + claim.word(), claim.word()));
      }
      sentences.add(
          tag(
              "li",
              at("class", Layout.styled(outcome)),
              at("id", sentence.name().toLowerCase(Locale.ROOT)),
              tag("p", "says", sentence.says(fleet, known)),
              tag(
                  "p",
                  at("class", "why"),
                  tag("span", "mark " + Layout.styled(outcome), word(outcome, fleet.simulated())),
                  text(open.map(claim -> " " + why(fleet.finding(claim))).orElse("")),
                  all(links))));
    }
    return sentences;
  }

  /** As much of it as has a place on one screen; the claim's page has all. */
  private static String why(Finding finding) {
    String why = finding.why().split(";", 2)[0];
    int end = why.length() <= WHY_MAX ? why.length() : why.lastIndexOf(' ', WHY_MAX);
    return end == why.length() ? why + "." : why.substring(0, Math.max(end, 0)) + "\u2026";
  }

  /** A demonstration shows things of itself alone. */
  private static String word(Outcome outcome, boolean simulated) {
    return switch (outcome) {
      case PASS -> simulated ? "Shown of a demonstration" : "Shown";
      case FAIL -> "Does not hold";
      case SKIP -> "Not shown";
    };
  }
}
