package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.link;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The first page: every fleet with its sites. Stateless. */
final class FleetsPage {
  private FleetsPage() {}

  static Bytes of(Layout layout, Publication all) {
    List<Markup> cards = all.fleets().stream().map(fleet -> card(all, fleet)).toList();
    return layout.page(
        "index.html",
        "Fleets and their evidence",
        tag(
            "p",
            "lead",
            "A vault keeps the keys to people's backups in fleets of hardware security "
                + "modules, HSMs. Here is how each fleet was founded, what is promised of it, and "
                + "what anybody can check of that."),
        tag("div", at("class", "fleets"), all(cards)),
        tag(
            "p",
            text("News of bundles and evidence: "),
            link("feed.atom", "feed.atom"),
            text(", for any reader of feeds.")));
  }

  private static Markup card(Publication all, PublishedFleet fleet) {
    String folder = fleet.folder() + "/";
    Optional<FleetState> state =
        all.log().flatMap(PublishedLog::newest).flatMap(bundle -> state(bundle, fleet));
    return tag(
        "article",
        at("class", fleet.simulated() ? "card pretend" : "card"),
        tag("h2", link(folder + "index.html", fleet.name())),
        fleet.simulated() ? tag("p", "stamp", "SIMULATED") : Markup.NONE,
        SiteDiagram.of(fleet),
        tag("p", "counts", Layout.counts(fleet)),
        tag("p", text("Founded " + fleet.founded() + word(all, state))),
        tag(
            "p",
            at("class", "links"),
            link(folder + "index.html", "In plain words"),
            link(folder + "hsms.html", "HSMs"),
            link(folder + "ceremony.html", "Ceremony"),
            link(folder + "claims.html", "Claims")));
  }

  private static Optional<FleetState> state(Bundle bundle, PublishedFleet fleet) {
    return fleet.fleet().flatMap(known -> bundle.fleet(known.id())).map(ListedFleet::state);
  }

  private static String word(Publication all, Optional<FleetState> state) {
    if (all.log().isEmpty()) {
      return ".";
    }
    return state
        .map(known -> "; the newest bundle calls it " + known.name().toLowerCase(Locale.ROOT) + ".")
        .orElse("; the newest bundle does not list it.");
  }
}
