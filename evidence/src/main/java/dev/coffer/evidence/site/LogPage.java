package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Layout.code;
import static dev.coffer.evidence.site.Layout.row;
import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.link;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every epoch of the public log, with the keys that came and went. Stateless. */
final class LogPage {
  /** The script that holds the log for the browser's check. */
  static final String DATA = "log.js";

  private LogPage() {}

  static Bytes of(Layout layout, Publication all, PublishedLog log) {
    List<Markup> epochs = new ArrayList<>();
    for (PublishedLog.Epoch epoch : log.epochs()) {
      epochs.add(item(all, epoch));
    }
    Collections.reverse(epochs);
    return layout.checked(
        Optional.empty(),
        "log.html",
        "The log",
        DATA,
        tag(
            "p",
            "lead",
            "Every bundle that apps were ever told, newest first. Operator and notary sign "
                + "each; the log only grows, and witnesses see to it."),
        tag(
            "dl",
            row("Whose", text(log.namespace())),
            row("Bundles", text(Integer.toString(log.epochs().size()))),
            row("Cosigned by a quorum of witnesses", text(log.cosigned().toString())),
            row(
                "For tools",
                all(
                    List.of(
                        link(LogTiles.CHECKPOINT, "checkpoint"),
                        text(" and all tiles (c2sp.org/tlog-tiles) in "),
                        code(LogTiles.PREFIX))))),
        ClaimsPage.check("coffer audit log --policy trust-policy.note"),
        tag("p", at("class", "here"), at("data-claim", "log"), at("hidden", "")),
        tag("ol", at("class", "claims epochs"), all(epochs)));
  }

  /** Where a leaf lies for people who check it with other tools. */
  static String file(PublishedLog.Epoch epoch) {
    return "log/epoch-" + epoch.number() + ".note";
  }

  private static Markup item(Publication all, PublishedLog.Epoch epoch) {
    boolean holds = epoch.trouble().isEmpty();
    Outcome outcome = holds ? Outcome.PASS : Outcome.FAIL;
    List<Markup> delta = new ArrayList<>();
    for (String line : epoch.delta()) {
      delta.add(tag("li", code(line)));
    }
    return tag(
        "li",
        at("id", "epoch-" + epoch.number()),
        at("class", Layout.styled(outcome)),
        tag(
            "p",
            at("class", "says"),
            Layout.mark(outcome),
            text(
                " Epoch "
                    + epoch.number()
                    + epoch.bundle().map(b -> ", " + epoch.time()).orElse(""))),
        holds ? Markup.NONE : tag("p", "why", epoch.trouble()),
        tag(
            "p",
            at("class", "here"),
            at("data-claim", "epoch-" + epoch.number()),
            at("hidden", "")),
        tag(
            "p",
            at("class", "of"),
            code("sha256:" + epoch.digest().hex()),
            link(file(epoch), "fleet.note")),
        epoch.bundle().map(bundle -> fleets(all, bundle)).orElse(Markup.NONE),
        tag("p", text(delta.isEmpty() ? "No key and no state changed." : "What changed:")),
        delta.isEmpty() ? Markup.NONE : tag("ul", at("class", "delta"), all(delta)));
  }

  private static Markup fleets(Publication all, Bundle bundle) {
    List<Markup> lines = new ArrayList<>();
    for (ListedFleet fleet : bundle.fleets()) {
      lines.add(
          tag(
              "li",
              text(fleet.state().name().toLowerCase(Locale.ROOT) + ": "),
              shown(all, fleet.id())
                  .map(one -> link(one.folder() + "/index.html", one.name()))
                  .orElseGet(() -> code(fleet.id().value().hex())),
              text(
                  shown(all, fleet.id())
                          .filter(one -> one.manifest().equals(fleet.evidence()))
                          .isPresent()
                      ? ", with the evidence on this site"
                      : ", whose evidence is not on this site")));
    }
    return tag("ul", at("class", "listed"), all(lines));
  }

  private static Optional<PublishedFleet> shown(Publication all, FleetId id) {
    return all.fleets().stream()
        .filter(one -> one.fleet().filter(known -> known.id().equals(id)).isPresent())
        .findFirst();
  }

  /** The log as the browser's check reads it. */
  static Bytes data(PublishedLog log) {
    JsonWriter all =
        new JsonWriter()
            .put("checkpoint", StrictBase64.encode(log.checkpoint()))
            .putTexts("policies", log.policies().stream().map(StrictBase64::encode).toList())
            .putTexts(
                "leaves",
                log.epochs().stream().map(epoch -> StrictBase64.encode(epoch.leaf())).toList());
    return Utf8.encode("globalThis.cofferLog = " + all + ";\n");
  }
}
