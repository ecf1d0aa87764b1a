package dev.coffer.evidence.site;

import static dev.coffer.evidence.site.Markup.all;
import static dev.coffer.evidence.site.Markup.at;
import static dev.coffer.evidence.site.Markup.link;
import static dev.coffer.evidence.site.Markup.tag;
import static dev.coffer.evidence.site.Markup.text;

import dev.coffer.evidence.Claim;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.List;

/** How anybody checks all this, and what an order by a court could do. Stateless. */
final class GuidePages {
  private GuidePages() {}

  /** How to check it. */
  static Bytes verify(Layout layout, Publication all) {
    List<Markup> parts = new ArrayList<>();
    parts.add(
        tag(
            "p",
            "lead",
            "Three ways, from the quick one to the one that trusts least. What you compare "
                + "with should come from elsewhere than this site: your app, a release, the "
                + "operator's key."));
    parts.add(tag("h2", text("In this browser")));
    parts.add(inThisBrowser());
    parts.add(tag("h2", text("With Coffer's command")));
    parts.add(
        tag(
            "p",
            text(
                "Save a fleet's folder package, which every file of it is linked from, and run "
                    + "the command of a release that you got elsewhere:")));
    parts.add(
        commands(
            "wget -r -np ADDRESS/FLEET/claims.html",
            "coffer audit fleet --offline FLEET/package --signer operator.pem --fleet 64-DIGITS",
            "coffer audit fleet --offline FLEET/package --policy trust-policy.note --bundle DIR",
            "coffer audit log --policy trust-policy.note --mirror DIR"));
    parts.add(
        tag(
            "p",
            text(
                "It ends with 0 if nothing failed, and says of each skipped claim what it would take.")));
    parts.add(tag("h2", text("With tools of others")));
    parts.add(
        tag(
            "p",
            text(
                "A script with sh, openssl, ssh-keygen and sha256sum says the same of most "
                    + "claims, with none of our code. Take it from a release, and not from the "
                    + "package: a liar brings his own.")));
    parts.add(
        commands(
            "sh check-with-stock-tools.sh FLEET/package operator.pem 64-DIGITS",
            "cosign verify-blob-attestation --key operator.pem --insecure-ignore-tlog "
                + "--type urn:coffer:evidence:v1"
                + " --bundle FLEET/package/manifest.sigstore.json FLEET/package/ceremony/fleet.bin",
            "sha256sum FLEET/package/manifest.json"));
    parts.add(
        tag(
            "p",
            text(
                "The last number is the one that the public log names for the fleet. Fleets on this site:")));
    List<Markup> fleets = new ArrayList<>();
    for (PublishedFleet fleet : all.fleets()) {
      fleets.add(
          tag(
              "li",
              link(fleet.folder() + "/claims.html", fleet.name()),
              text(" in "),
              Layout.code(fleet.folder()),
              text(", manifest "),
              Layout.code("sha256:" + fleet.manifest().hex()),
              text(fleet.simulated() ? " SIMULATED" : "")));
    }
    parts.add(tag("ul", all(fleets)));
    return layout.page("verify.html", "Check it yourself", parts.toArray(Markup[]::new));
  }

  private static Markup inThisBrowser() {
    return tag(
        "p",
        text(
            "Each page of claims, and the log, has a button that checks signatures, digests "
                + "and inclusion here, of what package.js or log.js beside it carries. It looks "
                + "neither at the pages nor at the folder package. Whoever signs a changed "
                + "package anew is found by the key alone: compare the one that it shows with "
                + "the operator's. It cannot find a publisher who lies: the script came from "
                + "the same place as the page."));
  }

  private static Markup commands(String... lines) {
    return tag("pre", tag("code", text(String.join("\n\n", lines))));
  }

  /** What an order could and could not make the operator do. */
  static Bytes court(Layout layout, Publication all) {
    List<Markup> parts = new ArrayList<>();
    parts.add(
        tag(
            "p",
            "lead",
            "What an order could make the operator do, and what nobody can be made to do "
                + "because it cannot be done."));
    if (all.simulated()) {
      parts.add(
          tag(
              "p",
              "alert",
              "Of a SIMULATED fleet an order gets everything: whoever runs its machines reads "
                  + "every key. What follows is about fleets that are not simulated."));
    }
    parts.add(
        tag(
            "div",
            at("class", "beside"),
            tag("section", tag("h2", text("It could")), could(all)),
            tag("section", tag("h2", text("It could not")), couldNot(all))));
    parts.add(
        tag(
            "p",
            text(
                "All of it rests on fewer than half of the HSMs being broken, and on their "
                    + "hardware being what it says. The claims about attestation tell what was shown "
                    + "of that.")));
    return layout.page("court.html", "Orders by a court", parts.toArray(Markup[]::new));
  }

  private static Markup could(Publication all) {
    return tag(
        "ul",
        item(
            all,
            "Stop the service. Then nobody recovers by the code; a key that was written down still opens."),
        item(
            all,
            "Hand over what servers see: who used the vault and when, and backups as they "
                + "are stored, which are encrypted."),
        item(
            all,
            "Serve another page, or publish another app, that reads the code where it is typed. "
                + "Whoever opens the console of the vault in a browser runs what its server sends; "
                + "no HSM and no log stands against that. An app that others build and publish is "
                + "in their hands, and whoever orders them."),
        item(
            all,
            "Log in as a user, and guess. Such guesses are counted like any others, and end "
                + "at the limit of a registration, or at three times the limit where registrations "
                + "are replaced meanwhile; a code that is easily guessed may fall to them.",
            Claim.PROMISED_LIMIT),
        item(
            all,
            "Replace or delete a registration by login, where the fleet lets that happen. "
                + "It opens nothing; it locks out.",
            Claim.PROMISED_LOGINS),
        item(
            all,
            "Found another fleet with another program. It would stand in the public log for "
                + "everybody, after people at the notary let it pass, and not for one user alone.",
            Claim.BUNDLE_HOLDS),
        item(
            all,
            "Take HSMs away and break them open. With a majority of them, codes can be "
                + "guessed without a limit. With fewer, each guess still needs the others; in a "
                + "fleet with a small quorum there may be a few times as many of them.",
            Claim.PROMISED_QUORUM),
        item(
            all,
            "Put somebody on the machines that HSMs run on. Each HSM's card says whether "
                + "root there gets a key; those that do not promise it count as broken open.",
            Claim.PROMISED_HSMS),
        item(all, "Forbid to speak of it. Nothing here would notice."));
  }

  private static Markup couldNot(Publication all) {
    return tag(
        "ul",
        item(
            all,
            "Take a key out of an HSM by a command: there is none.",
            Claim.PROMISED_HSMS,
            Claim.ATTESTATION_VENDOR),
        item(
            all,
            "Raise the limit of a fleet: it was frozen when the fleet was founded, and the "
                + "HSMs count, not the servers.",
            Claim.PROMISED_LIMIT),
        item(
            all,
            "Give a fleet another program: there is no update, and another program is another fleet.",
            Claim.PROMISED_PROGRAM),
        item(
            all,
            "Show one user other keys than everybody, unless log, notary and enough witnesses are "
                + "ordered, too: an app that is not pinned believes a bundle that all of them "
                + "signed. An app that is pinned to one fleet uses no log, and no other fleet.",
            Claim.BUNDLE_LISTS),
        item(
            all,
            "Open a backup with the servers, the network and the storage alone: they hold none of the parts.",
            Claim.CEREMONY_FOUNDING),
        item(
            all,
            "Change unseen what the log says: witnesses remember its size and hash, and sign no "
                + "other history. It can be taken offline.",
            Claim.BUNDLE_HOLDS));
  }

  /** A sentence with its claims, about the newest fleet here. */
  private static Markup item(Publication all, String sentence, Claim... claims) {
    List<Markup> links = new ArrayList<>();
    if (!all.fleets().isEmpty()) {
      for (Claim claim : claims) {
        String page = all.fleets().getFirst().folder() + "/claims.html#";
        links.add(link(page + claim.word(), claim.word()));
      }
    }
    return tag(
        "li",
        text(sentence),
        links.isEmpty() ? Markup.NONE : tag("small", text(" See "), all(links)));
  }
}
