package dev.coffer.ceremony.run;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanSettings;
import dev.coffer.ceremony.plan.SampleSettings;
import dev.coffer.ceremony.plan.Words;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.record.Messages.Certificates;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.simulated.FilePlatform;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.port.FoundingPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Sites on one machine with the real trusted core, in this process; one stick; people who confirm
 * and sign what they are shown. Signatures here are hashes: the real ones are {@code
 * SshKeygenTest}'s.
 */
final class World implements AutoCloseable {
  static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

  /** A participant "signs" with the hash of name and text. */
  static final Signatures SIGNATURES =
      (participant, text, signature) ->
          signature.equals(sign(participant, text))
              ? Optional.empty()
              : Optional.of(Signatures.file(participant) + " is no signature");

  final Path folder;
  final Plan plan;
  final List<Site> sites = new ArrayList<>();
  Instant now = NOON;

  World(Path folder, int n) throws Exception {
    this(folder, plan(folder, SampleSettings.of(n, "yes")));
  }

  World(Path folder, Plan plan) {
    this.folder = folder;
    this.plan = plan;
    for (int i = 1; i <= plan.sites().size(); i++) {
      sites.add(new Site(i));
    }
  }

  /** Settings of sites that all show their files at a port. */
  static String networked(int n) {
    StringBuilder text = new StringBuilder(SampleSettings.of(n, "yes"));
    for (int i = 1; i <= n; i++) {
      text.append("site.%d.exchange-port = 8446\n".formatted(i));
    }
    return text.toString();
  }

  static Plan plan(Path folder, String settings) throws Exception {
    return PlanSettings.read(Files.writeString(folder.resolve("settings"), settings));
  }

  static Bytes sign(Participant participant, Bytes text) {
    Bytes name = Bytes.wrap(participant.name().getBytes(StandardCharsets.US_ASCII));
    byte[] blob =
        Bytes.fromHex(Signatures.MAGIC).concat(Hashes.sha256(name.concat(text))).toByteArray();
    return armour(Base64.getEncoder().encodeToString(blob));
  }

  /** What stands around a signature. */
  static Bytes armour(String lines) {
    String whole = "-----BEGIN SSH SIGNATURE-----\n" + lines + "\n-----END SSH SIGNATURE-----\n";
    return Bytes.wrap(whole.getBytes(StandardCharsets.ISO_8859_1));
  }

  Path stick() {
    return folder.resolve("stick");
  }

  Site site(int index) {
    return sites.get(index - 1);
  }

  /** What a site shows the others, where they ask each other. */
  Path shown(int site) {
    return folder.resolve("shown-" + site);
  }

  /** Goes round with the stick, people doing their part, until nobody gets any further. */
  void goRound() throws Exception {
    for (int round = 0;
        round < 12 && sites.stream().anyMatch(s -> s.installed.isEmpty());
        round++) {
      for (Site site : sites) {
        site.comeBy();
      }
      sign();
    }
  }

  /** Everybody signs the transcript on the stick, if there is one. */
  void sign() throws IOException {
    Path text = stick().resolve(Signatures.TRANSCRIPT);
    if (Files.exists(text)) {
      for (Participant participant : plan.participants()) {
        Bytes signature = sign(participant, Bytes.wrap(Files.readAllBytes(text)));
        Files.write(stick().resolve(Signatures.file(participant)), signature.toByteArray());
      }
    }
  }

  /** One site: what is on its disk, and what a command run there sees. */
  final class Site implements NodeFiles {
    final int index;
    Optional<Fleet> installed = Optional.empty();
    private Optional<FilePlatform> platform = Optional.empty();
    private Optional<HsmCore> core = Optional.empty();

    Site(int index) {
      this.index = index;
    }

    Path own() {
      return folder.resolve("site-" + index);
    }

    /** The HSM goes on between commands. */
    FoundingPort hsm() throws IOException {
      if (core.isEmpty()) {
        platform = Optional.of(new FilePlatform(folder.resolve("hsm-" + index)));
        core = Optional.of(new HsmCore(platform.get()));
      }
      return core.get().founding();
    }

    /** A power cut. */
    void stopHsm() throws IOException {
      if (platform.isPresent()) {
        platform.get().close();
      }
      platform = Optional.empty();
      core = Optional.empty();
    }

    SiteRun command(Folder own, Folder stick) {
      return command(own, List.of(stick), Peers.NONE);
    }

    SiteRun command(Folder own, List<Folder> sticks, Peers peers) {
      SiteHsm kept =
          new SiteHsm() {
            @Override
            public FoundingPort port() throws IOException {
              return hsm();
            }

            @Override
            public SignedStatus status(Bytes nonce) throws IOException, Rejected {
              FoundingPort unused = hsm();
              return core.orElseThrow().status(0, nonce);
            }
          };
      return new SiteRun(plan, index, own, sticks, peers, kept, this, SIGNATURES, () -> now);
    }

    SiteRun command() {
      return command(new DirectoryFolder(own()), new DirectoryFolder(stick()));
    }

    /** One that shows a folder of its own, asks these sites and may have the stick as well. */
    SiteRun asking(List<Integer> others, boolean stick) {
      List<Folder> folders = new ArrayList<>(List.of(new DirectoryFolder(shown(index))));
      if (stick) {
        folders.add(new DirectoryFolder(stick()));
      }
      return command(
          new DirectoryFolder(own()),
          folders,
          () ->
              others.stream()
                  .map(of -> new Peers.Peer(of, new DirectoryFolder(shown(of))))
                  .toList());
    }

    /** Runs the command once, and answers it. */
    Standing comeBy() throws CeremonyRefused, IOException {
      return comeBy(command());
    }

    Standing comeBy(SiteRun command) throws CeremonyRefused, IOException {
      Standing standing = command.advance();
      if (standing instanceof Standing.Comparing comparing) {
        command.confirm(Words.of(comparing.roll().hash()));
        standing = command.advance();
      }
      return standing;
    }

    @Override
    public Bytes tlsKey() {
      return Bytes.wrap(("key " + index).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Certificates certify(Plan of, Fleet fleet, List<Bytes> keys) {
      return new Certificates(Bytes.zeros(3), keys);
    }

    @Override
    public void check(Plan of, int site, Certificates certificates) throws CeremonyRefused {
      if (!certificates.nodes().get(site - 1).equals(tlsKey())) {
        throw new CeremonyRefused("The certificate is for another key.", "Begin anew.");
      }
    }

    @Override
    public void install(Plan of, int site, Fleet fleet, Certificates certificates) {
      installed = Optional.of(fleet);
    }
  }

  @Override
  public void close() throws IOException {
    for (Site site : sites) {
      site.stopHsm();
    }
  }
}
