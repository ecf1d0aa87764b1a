package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.link;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What all pages have: head, warning, ways, foot. Immutable. */
final class Layout {
  /** Nothing but this folder's own files, and no script in a page. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
          + "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";

  private final Publication all;

  Layout(Publication all) {
    this.all = all;
  }

  /** A page of the whole site. */
  Bytes page(String path, String title, Markup... body) {
    return write(path, title, Optional.empty(), List.of(), body);
  }

  /** A page of one fleet. */
  Bytes page(PublishedFleet fleet, String path, String title, Markup... body) {
    return write(fleet.folder() + "/" + path, title, Optional.of(fleet), List.of(), body);
  }

  /** The same with the script that checks, and what it reads. */
  Bytes checked(
      Optional<PublishedFleet> fleet, String path, String title, String data, Markup... body) {
    String root = fleet.isPresent() ? "../" : "";
    List<Markup> scripts =
        List.of(
            tag("script", at("src", data), at("defer", "")),
            tag("script", at("src", root + "assets/check.js"), at("defer", "")));
    String whole = fleet.map(known -> known.folder() + "/" + path).orElse(path);
    return write(whole, title, fleet, scripts, body);
  }

  private Bytes write(
      String path,
      String title,
      Optional<PublishedFleet> fleet,
      List<Markup> scripts,
      Markup... body) {
    String root = path.contains("/") ? "../" : "";
    boolean simulated = fleet.map(PublishedFleet::simulated).orElse(all.simulated());
    Markup head =
        tag(
            "head",
            tag("meta", at("charset", "utf-8")),
            tag("meta", at("http-equiv", "Content-Security-Policy"), at("content", POLICY)),
            tag(
                "meta",
                at("name", "viewport"),
                at("content", "width=device-width, initial-scale=1")),
            tag("meta", at("name", "color-scheme"), at("content", "light dark")),
            tag("meta", at("name", "referrer"), at("content", "no-referrer")),
            tag("title", text((simulated ? "SIMULATED: " : "") + title)),
            tag("link", at("rel", "stylesheet"), at("href", root + "assets/site.css")),
            tag("link", at("rel", "icon"), at("href", root + "assets/icon.svg")),
            tag(
                "link",
                at("rel", "alternate"),
                at("type", "application/atom+xml"),
                at("title", "Bundles and evidence"),
                at("href", root + "feed.atom")),
            all(scripts));
    Markup page =
        tag(
            "html",
            at("lang", "en"),
            head,
            tag(
                "body",
                at("class", simulated ? "simulated" : "real"),
                tag("a", at("class", "skip"), at("href", "#main"), text("To the text")),
                warnings(fleet, simulated, root),
                ways(path, fleet, root),
                tag("main", at("id", "main"), tag("h1", text(title)), all(List.of(body))),
                foot()));
    return Utf8.encode("<!DOCTYPE html>\n" + page + "\n");
  }

  private Markup warnings(Optional<PublishedFleet> fleet, boolean simulated, String root) {
    List<Markup> lines = new ArrayList<>();
    if (simulated) {
      lines.add(
          tag(
              "p",
              at("class", "banner"),
              tag("strong", text("SIMULATED")),
              text(
                  " "
                      + (fleet.isPresent() ? "This fleet" : "A fleet on this site")
                      + " is a demonstration. It protects nothing: whoever runs its machines reads "
                      + "every key.")));
    }
    List<PublishedFleet> shown = fleet.map(List::of).orElse(all.fleets());
    for (PublishedFleet one : shown) {
      int failed = one.count(Outcome.FAIL);
      if (failed > 0) {
        lines.add(
            tag(
                "p",
                at("class", "banner broken"),
                tag("strong", text("FAIL")),
                text(" "),
                link(
                    root + one.folder() + "/claims.html",
                    failed + (failed == 1 ? " claim" : " claims") + " about " + one.name()),
                text((failed == 1 ? " does" : " do") + " not hold. Do not rely on this fleet.")));
      }
    }
    if (lines.isEmpty()) {
      return Markup.NONE;
    }
    return tag("div", at("class", "banners"), at("role", "note"), all(lines));
  }

  private static Markup way(String path, String here, String to, String root, String name) {
    return path.equals(to)
        ? tag("a", at("href", here), at("aria-current", "page"), text(name))
        : link(root + to, name);
  }

  private Markup ways(String path, Optional<PublishedFleet> fleet, String root) {
    String here = path.substring(path.lastIndexOf('/') + 1);
    List<Markup> site = new ArrayList<>();
    site.add(way(path, here, "index.html", root, "Fleets"));
    if (all.log().isPresent()) {
      site.add(way(path, here, "log.html", root, "Log"));
    }
    site.add(way(path, here, "verify.html", root, "Check it yourself"));
    site.add(way(path, here, "court.html", root, "Court orders"));
    List<Markup> rows = new ArrayList<>();
    rows.add(tag("nav", at("aria-label", "Site"), all(site)));
    fleet.ifPresent(one -> {
      String folder = one.folder() + "/";
      rows.add(
          tag(
              "nav",
              at("aria-label", "Fleet"),
              at("class", "fleet"),
              tag("b", text(one.name())),
              way(path, here, folder + "index.html", root, "In plain words"),
              way(path, here, folder + "hsms.html", root, "HSMs"),
              way(path, here, folder + "ceremony.html", root, "Ceremony"),
              way(path, here, folder + "claims.html", root, "Claims")));
    });
    return tag("header", all(rows));
  }

  private Markup foot() {
    return tag(
        "footer",
        tag(
            "p",
            text(
                "Checked by coffer evidence publish on "
                    + all.at()
                    + ". A page is its publisher's word: whoever lies can write PASS, too. Check it "
                    + "yourself.")));
  }

  /** An outcome as it looks everywhere: a word, never a colour alone. */
  static Markup mark(Outcome outcome) {
    return tag("span", "mark " + styled(outcome), outcome.name());
  }

  static String styled(Outcome outcome) {
    return switch (outcome) {
      case PASS -> "pass";
      case FAIL -> "fail";
      case SKIP -> "skipped";
    };
  }

  /** "31 PASS, 0 FAIL, 6 SKIP". */
  static String counts(PublishedFleet fleet) {
    return "%d PASS, %d FAIL, %d SKIP"
        .formatted(fleet.count(Outcome.PASS), fleet.count(Outcome.FAIL), fleet.count(Outcome.SKIP));
  }

  /** A term and what there is of it. */
  static Markup row(String term, Markup value) {
    return tag("div", tag("dt", text(term)), tag("dd", value));
  }

  /** Octets to compare by eye. */
  static Markup code(String text) {
    return tag("code", text(text));
  }
}
