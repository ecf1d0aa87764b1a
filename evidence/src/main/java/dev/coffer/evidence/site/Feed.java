package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Utf8;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** New bundles and new evidence, as Atom (RFC 4287), newest first. Stateless. */
final class Feed {
  private Feed() {}

  private record Entry(String id, Instant time, String title, String link, String summary) {
    Markup markup() {
      return tag(
          "entry",
          tag("id", text(id)),
          tag("title", text(title)),
          tag("updated", text(time.toString())),
          tag("link", at("rel", "alternate"), at("type", "text/html"), at("href", link)),
          tag("summary", text(summary)));
    }
  }

  static Bytes of(Publication all) {
    List<Entry> entries = new ArrayList<>();
    for (PublishedFleet fleet : all.fleets()) {
      String title = "Evidence of fleet " + fleet.name();
      entries.add(
          new Entry(
              "urn:coffer:evidence:v1:" + fleet.manifest().hex(),
              fleet.founded(),
              fleet.simulated() ? "SIMULATED: " + title : title,
              fleet.folder() + "/index.html",
              Layout.counts(fleet)));
    }
    all.log()
        .ifPresent(log ->
            log.epochs()
                .forEach(epoch ->
                    entries.add(
                        new Entry(
                            "urn:coffer:bundle:v1:" + epoch.digest().hex(),
                            epoch.time(),
                            "Bundle of " + log.namespace() + ", epoch " + epoch.number(),
                            "log.html#epoch-" + epoch.number(),
                            epoch.trouble().isEmpty()
                                ? String.join("\n", epoch.delta())
                                : "FAIL: " + epoch.trouble()))));
    entries.sort(Comparator.comparing(Entry::time).reversed().thenComparing(Entry::id));
    // The same for as long as the first thing it ever told of is there.
    String first = entries.isEmpty() ? "urn:coffer:evidence:v1" : entries.getLast().id();
    Instant updated = entries.isEmpty() ? all.at() : entries.getFirst().time();
    String title =
        "Bundles and evidence" + all.log().map(log -> " of " + log.namespace()).orElse("");
    Markup feed =
        tag(
            "feed",
            at("xmlns", "http://www.w3.org/2005/Atom"),
            tag("id", text(first + ":feed")),
            tag("title", text(all.simulated() ? "SIMULATED: " + title : title)),
            tag("updated", text(updated.toString())),
            tag("author", tag("name", text("coffer evidence publish"))),
            tag("link", at("rel", "self"), at("href", "feed.atom")),
            tag("link", at("rel", "alternate"), at("type", "text/html"), at("href", "index.html")),
            all(entries.stream().map(Entry::markup)));
    return Utf8.encode("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + feed + "\n");
  }
}
