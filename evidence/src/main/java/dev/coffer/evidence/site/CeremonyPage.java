package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Layout.code;
import static dev.coffer.evidence.site.Layout.row;
import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.link;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Message;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Transcript;
import dev.coffer.evidence.Claim;
import dev.coffer.evidence.Finding;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A fleet's founding, as its sites wrote it down. Stateless. */
final class CeremonyPage {
  /** What a step is, for people. */
  private static final Map<String, String> STEPS =
      Map.of(
          Message.Kind.IDENTITY.word(),
          "The HSM made its keys inside and showed their public halves.",
          Message.Kind.CERTIFICATES.word(),
          "Certificates were made by which the sites' nodes know each other.",
          Message.Kind.COMMITMENTS.word(),
          "The HSM committed itself to its part of the keys.",
          Message.Kind.REVEALS.word(),
          "The HSM gave every other HSM its part, sealed.",
          Message.Kind.STATEMENT.word(),
          "The HSM signed the founding as it saw it.",
          Transcript.CONFIRMED,
          "People read these words aloud; they were the same everywhere.",
          Transcript.EXCEPTION,
          "Something was not as planned.");

  private CeremonyPage() {}

  private record Event(int site, int line, Transcript.Entry entry) {}

  static Bytes of(Layout layout, PublishedFleet fleet) {
    Markup body =
        fleet
            .plan()
            .map(plan -> body(fleet, plan))
            .orElseGet(
                () -> tag("p", text("Its plan cannot be read. The claims say what is wrong.")));
    return layout.page(fleet, "ceremony.html", "The ceremony", body);
  }

  private static Markup body(PublishedFleet fleet, Plan plan) {
    List<Optional<Transcript>> transcripts = fleet.transcripts();
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < transcripts.size(); i++) {
      List<Transcript.Entry> entries =
          transcripts.get(i).map(Transcript::entries).orElse(List.of());
      for (int line = 0; line < entries.size(); line++) {
        events.add(new Event(i + 1, line, entries.get(line)));
      }
    }
    events.sort(
        Comparator.comparing((Event event) -> event.entry().time())
            .thenComparing(Event::line)
            .thenComparing(Event::site));
    List<Markup> parts = new ArrayList<>();
    parts.add(
        tag(
            "p",
            "lead",
            "What the sites wrote down on the day, by their own clocks, in UTC. Each line "
                + "is chained to all lines of its site before it."));
    parts.add(tag("dl", all(facts(plan))));
    for (int i = 0; i < transcripts.size(); i++) {
      if (transcripts.get(i).isEmpty()) {
        parts.add(
            tag(
                "p",
                "alert",
                "The transcript of " + plan.site(i + 1).called() + " cannot be read."));
      }
    }
    parts.add(tag("h2", text("Hour by hour")));
    parts.add(
        tag(
            "ol",
            at("class", "timeline"),
            all(events.stream().map(event -> line(plan, event)).toList())));
    parts.add(tag("h2", text("Who was there")));
    parts.add(signed(fleet, plan));
    return all(parts);
  }

  private static List<Markup> facts(Plan plan) {
    return List.of(
        row("Name", text(plan.ceremony())),
        row("Plan", code("sha256:" + plan.hash().hex())),
        row("Files", all(List.of(file("script.txt"), file("ceremony/transcript.txt")))));
  }

  private static Markup file(String name) {
    return link("package/" + name, name);
  }

  private static Markup line(Plan plan, Event event) {
    String step = event.entry().step();
    boolean exception = step.equals(Transcript.EXCEPTION);
    String styled = exception ? "exception" : step.equals(Transcript.CONFIRMED) ? "people" : "";
    return tag(
        "li",
        at("class", styled),
        tag("time", at("datetime", event.entry().time()), text(time(event.entry().time()))),
        tag("span", "where", plan.site(event.site()).name()),
        tag(
            "div",
            tag("p", text(STEPS.getOrDefault(step, step))),
            exception
                ? tag("p", "said", event.entry().what())
                : tag("p", code(event.entry().what()))));
  }

  private static String time(String written) {
    return written.replace('T', ' ').replace("Z", "");
  }

  private static Markup signed(PublishedFleet fleet, Plan plan) {
    List<Markup> people = new ArrayList<>();
    for (Participant person : plan.participants()) {
      String file = "ceremony/" + Signatures.file(person);
      boolean there = fleet.files().containsKey(file);
      people.add(
          tag(
              "li",
              tag("b", text(person.name())),
              text(there ? ": a signature is there, " : ": no signature is there "),
              there ? file(file) : Markup.NONE,
              tag("small", code(person.key()))));
    }
    Finding finding = fleet.finding(Claim.CEREMONY_SIGNATURES);
    return all(
        List.of(
            tag(
                "p",
                text(plan.signaturesNeeded() + " of " + people.size() + " have to sign. "),
                Layout.mark(finding.outcome()),
                text(" "),
                link(
                    "claims.html#" + Claim.CEREMONY_SIGNATURES.word(),
                    Claim.CEREMONY_SIGNATURES.says()),
                text(".")),
            tag("ul", at("class", "people"), all(people))));
  }
}
