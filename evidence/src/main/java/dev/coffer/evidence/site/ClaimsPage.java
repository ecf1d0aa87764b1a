package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Layout.code;
import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.link;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.evidence.Claim;
import dev.coffer.evidence.Expectations;
import dev.coffer.evidence.Finding;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Every claim with its check and what was compared, and what the browser checks. Stateless. */
final class ClaimsPage {
  /** The script that holds the package for the browser's check, beside the pages. */
  static final String DATA = "package.js";

  private ClaimsPage() {}

  static Bytes of(Layout layout, PublishedFleet fleet) {
    Map<String, List<Markup>> groups = new LinkedHashMap<>();
    fleet
        .findings()
        .forEach((claim, finding) ->
            groups
                .computeIfAbsent(group(claim), unused -> new ArrayList<>())
                .add(item(fleet, claim, finding)));
    List<Markup> parts = new ArrayList<>();
    parts.add(
        tag(
            "p",
            "lead",
            fleet.findings().size()
                + " claims: "
                + Layout.counts(fleet)
                + ". SKIP means that nobody here could check it: it is not known to hold."));
    parts.add(check("coffer audit fleet --offline " + fleet.folder() + "/package"));
    groups.forEach((name, items) -> {
      parts.add(tag("h2", text(name)));
      parts.add(tag("ol", at("class", "claims"), all(items)));
    });
    parts.add(tag("h2", text("All files")));
    parts.add(tag("ul", at("class", "files"), all(files(fleet))));
    return layout.checked(
        Optional.of(fleet), "claims.html", "Claims", DATA, parts.toArray(Markup[]::new));
  }

  private static List<Markup> files(PublishedFleet fleet) {
    List<Markup> files = new ArrayList<>();
    fleet
        .files()
        .forEach((name, content) ->
            files.add(
                tag(
                    "li",
                    link("package/" + name, name),
                    tag("small", code("sha256:" + Hashes.sha256(content).hex())))));
    return files;
  }

  /** Where the script puts its button; without scripts, the command is all there is. */
  static Markup check(String command) {
    return tag(
        "section",
        at("class", "check"),
        at("id", "check"),
        tag("p", text("The same by the command:"), text(" "), code(command)),
        tag(
            "noscript",
            tag(
                "p",
                text(
                    "Scripts are off. Nothing needs them but a check in this browser, which would "
                        + "stand here."))));
  }

  private static String group(Claim claim) {
    String word = claim.word();
    String head = word.split("-", 2)[0];
    return switch (head) {
      case "manifest", "claims", "stock" -> "The package";
      case "ceremony", "exceptions" -> "The ceremony";
      case "fleet", "promised", "simulated" -> "The fleet, and what was promised of it";
      case "program", "image", "attestation", "possession" -> "The program and the hardware";
      case "bundle" -> "What clients are told";
      default -> "More";
    };
  }

  private static Markup item(PublishedFleet fleet, Claim claim, Finding finding) {
    List<Markup> files = new ArrayList<>();
    for (String pattern : claim.files()) {
      Pattern names = Pattern.compile("\\Q" + pattern.replace("*", "\\E[^/]*\\Q") + "\\E");
      fleet.files().keySet().stream()
          .filter(name -> names.matcher(name).matches())
          .forEach(name -> files.add(link("package/" + name, name)));
    }
    List<Markup> needs = new ArrayList<>();
    for (Claim need : claim.needs()) {
      needs.add(link("#" + need.word(), need.word()));
    }
    return tag(
        "li",
        at("id", claim.word()),
        at("class", Layout.styled(finding.outcome())),
        tag("p", at("class", "says"), Layout.mark(finding.outcome()), text(" " + claim.says())),
        tag("p", at("class", "why"), text(finding.why())),
        tag("p", at("class", "here"), at("data-claim", claim.word()), at("hidden", "")),
        tag(
            "p",
            at("class", "of"),
            code(claim.word()),
            needs.isEmpty() ? Markup.NONE : text(" rests on "),
            all(needs)),
        files.isEmpty()
            ? Markup.NONE
            : tag(
                "details",
                tag("summary", text(files.size() == 1 ? "1 file" : files.size() + " files")),
                tag("p", all(files))));
  }

  /** The package as the browser's check reads it: also where a page may read no files. */
  static Bytes data(PublishedFleet fleet, Optional<Expectations.Logged> bundle) {
    JsonWriter files = new JsonWriter();
    fleet.files().forEach((name, content) -> files.put(name, StrictBase64.encode(content)));
    JsonWriter all = new JsonWriter().put("files", files);
    bundle.ifPresent(logged ->
        all.put(
            "bundle",
            new JsonWriter()
                .put("note", StrictBase64.encode(logged.delivery().note()))
                .put("logProof", StrictBase64.encode(logged.delivery().proof()))
                .put("trustPolicies", StrictBase64.encode(logged.delivery().policies()))
                .put("anchor", logged.anchor().text())
                .put("at", logged.now())));
    return Utf8.encode("globalThis.cofferEvidence = " + all + ";\n");
  }
}
