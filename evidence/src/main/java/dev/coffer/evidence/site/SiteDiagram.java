package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.protocol.fleet.Fleet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A fleet's sites on a circle, each joined with each. Stateless. */
final class SiteDiagram {
  private static final int WIDTH = 400;
  private static final int HEIGHT = 280;
  private static final double MIDDLE = 138;
  private static final int NAME_MAX = 16;

  private SiteDiagram() {}

  private record Place(double x, double y) {}

  /** The drawing; nothing without a fleet. */
  static Markup of(PublishedFleet fleet) {
    return fleet.fleet().map(known -> draw(fleet, known)).orElse(Markup.NONE);
  }

  private static Markup draw(PublishedFleet fleet, Fleet known) {
    int n = known.hsms().size();
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double angle = 2 * Math.PI * i / n - Math.PI / 2;
      places.add(new Place(WIDTH / 2.0 + 145 * Math.cos(angle), MIDDLE + 88 * Math.sin(angle)));
    }
    List<Markup> lines = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        lines.add(
            tag(
                "line",
                at("x1", number(places.get(i).x())),
                at("y1", number(places.get(i).y())),
                at("x2", number(places.get(j).x())),
                at("y2", number(places.get(j).y()))));
      }
    }
    List<Markup> sites = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      sites.add(site(fleet, known, i + 1, places.get(i)));
    }
    String said = n + " sites, each joined with each: " + String.join(", ", names(fleet, n)) + ".";
    return tag(
        "svg",
        at("class", "sites"),
        at("viewBox", "0 0 " + WIDTH + " " + HEIGHT),
        at("role", "img"),
        at("aria-label", said),
        tag("g", at("class", "wires"), all(lines)),
        all(sites));
  }

  private static Markup site(PublishedFleet fleet, Fleet known, int index, Place place) {
    boolean simulated = known.hsm(index).simulated();
    String name = name(fleet, index);
    return tag(
        "g",
        at("class", simulated ? "site pretend" : "site"),
        tag("circle", at("cx", number(place.x())), at("cy", number(place.y())), at("r", "20")),
        label(place.x(), place.y() + 6, "number", Integer.toString(index)),
        label(
            place.x(),
            place.y() < MIDDLE - 1 ? place.y() - 29 : place.y() + 39,
            "name",
            name.length() > NAME_MAX ? name.substring(0, NAME_MAX - 1) + "\u2026" : name));
  }

  private static Markup label(double x, double y, String styled, String text) {
    return tag(
        "text",
        at("x", number(x)),
        at("y", number(y)),
        at("text-anchor", "middle"),
        at("class", styled),
        text(text));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** What people call the site of HSM {@code index}. */
  static String name(PublishedFleet fleet, int index) {
    return fleet.plan().map(plan -> plan.site(index).name()).orElse("site " + index);
  }

  private static List<String> names(PublishedFleet fleet, int n) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      names.add(name(fleet, i));
    }
    return names;
  }
}
