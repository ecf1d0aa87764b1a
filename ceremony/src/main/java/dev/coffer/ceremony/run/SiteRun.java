package dev.coffer.ceremony.run;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Words;
import dev.coffer.ceremony.record.Announcement;
import dev.coffer.ceremony.record.Attestations;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.record.Founding;
import dev.coffer.ceremony.record.Message;
import dev.coffer.ceremony.record.Message.Kind;
import dev.coffer.ceremony.record.Messages;
import dev.coffer.ceremony.record.Messages.Certificates;
import dev.coffer.ceremony.record.Roll;
import dev.coffer.ceremony.record.Seen;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Transcript;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.port.FoundingPort;
import dev.coffer.protocol.port.FoundingPort.Commitments;
import dev.coffer.protocol.port.FoundingPort.Reveal;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * One site's part in a ceremony. Its whole state is its own folder and its HSM: {@link #advance}
 * goes as far as it can from whatever is there, and is called again after a wait, a refusal or a
 * crash. Carries what HSMs say to each other and learns no secret. Not thread-safe; one process at
 * a time works on a folder.
 */
public final class SiteRun {
  private final Plan plan;
  private final int site;
  private final Folder own;
  private final List<Exchange> sticks;
  private final Peers peers;
  private final SiteHsm hsm;
  private final NodeFiles node;
  private final Signatures signatures;
  private final InstantSource clock;
  private final Map<Integer, CeremonyRefused> refused = new TreeMap<>();

  /** What an HSM says, once. */
  @FunctionalInterface
  private interface Saying {
    List<Message.Line> lines() throws CeremonyRefused, IOException, Rejected;
  }

  /**
   * @param site 1 to n
   * @param own this site's state, which nobody else writes
   * @param sticks what is carried from site to site, and what the others may fetch from here
   * @param peers what the others show
   */
  public SiteRun(
      Plan plan,
      int site,
      Folder own,
      List<Folder> sticks,
      Peers peers,
      SiteHsm hsm,
      NodeFiles node,
      Signatures signatures,
      InstantSource clock) {
    this.plan = plan;
    this.site = site;
    this.own = own;
    this.sticks =
        sticks.stream()
            .map(stick ->
                new Exchange(plan, site, own, stick, OptionalInt.empty(), signatures, clock))
            .toList();
    this.peers = peers;
    this.hsm = hsm;
    this.node = node;
    this.signatures = signatures;
    this.clock = clock;
  }

  /**
   * Goes on as far as it can.
   *
   * @throws CeremonyRefused if something does not fit; nothing of it was taken. What another site
   *     shows ends nothing: {@link #refused} names it
   * @throws IOException if a folder, the HSM's process or a tool is in the way; call it again
   */
  public Standing advance() throws CeremonyRefused, IOException {
    try {
      exchange();
      List<String> missing = unannounced();
      if (!missing.isEmpty()) {
        return new Standing.Waiting("the proof that the plan is in the log", missing);
      }
      Message unused = say(Kind.IDENTITY, this::identity);
      missing = missing(Kind.IDENTITY);
      if (!missing.isEmpty()) {
        return new Standing.Waiting("the identities of all sites", missing);
      }
      Roll roll = Roll.of(plan, all(Kind.IDENTITY));
      Attestations.check(plan, roll.fleet().hsms());
      return confirmed(roll) ? found(roll) : new Standing.Comparing(roll);
    } catch (Rejected e) {
      throw new CeremonyRefused(
          "The HSM refused (" + e.code() + "): " + e.what() + ".",
          "Nothing is founded at this site. If the HSMs' programs are one release, begin a new"
              + " ceremony with empty folders.");
    }
  }

  /**
   * Everything is taken before anything is given: nothing of ours goes on a stick where something
   * is wrong. A site that shows what does not fit hinders no other.
   */
  private void exchange() throws CeremonyRefused, IOException {
    for (Exchange stick : sticks) {
      stick.take();
    }
    refused.clear();
    for (Peers.Peer peer : peers.look()) {
      OptionalInt from = OptionalInt.of(peer.site());
      try {
        new Exchange(plan, site, own, peer.shown(), from, signatures, clock).take();
      } catch (CeremonyRefused e) {
        refused.put(peer.site(), e);
      }
    }
    give();
  }

  /** What was wrong with what sites showed at the last look, each by its number. */
  public Map<Integer, CeremonyRefused> refused() {
    return Map.copyOf(refused);
  }

  /**
   * Brings sticks to what is known here, and goes no further: a founded site still has what others
   * may lack.
   */
  public void share() throws CeremonyRefused, IOException {
    for (Exchange stick : sticks) {
      stick.take();
    }
    give();
  }

  private void give() throws IOException {
    for (Exchange stick : sticks) {
      stick.give();
    }
  }

  /** What is missing before this site may begin with a plan that names a log. */
  private List<String> unannounced() throws CeremonyRefused, IOException {
    if (plan.announcedBy().isEmpty() || begun()) {
      return List.of();
    }
    Optional<Bytes> proof = own.read(Announcement.PROOF);
    if (proof.isEmpty()) {
      return List.of(Announcement.POLICY, Announcement.PROOF);
    }
    Bytes policy = own.read(Announcement.POLICY).orElse(Bytes.EMPTY);
    Instant logged = Announcement.loggedBy(plan, policy, proof.get());
    if (logged.isAfter(clock.instant())) {
      throw new CeremonyRefused(
          "A quorum of witnesses saw the plan in the log at "
              + logged
              + ", and here it is "
              + clock.instant()
              + ".",
          "Set this machine's clock if it is wrong, or wait until then.");
    }
    return List.of();
  }

  /** Takes the words that somebody compared with all sites and typed. */
  public void confirm(String typed) throws CeremonyRefused, IOException {
    Roll roll = Roll.of(plan, all(Kind.IDENTITY));
    if (!Words.match(roll.hash(), typed)) {
      throw new CeremonyRefused(
          "These are not the words of the identities here.",
          "Compare them once more; if another site has other words, begin a new ceremony.");
    }
    if (!confirmed(roll)) {
      write(Transcript.CONFIRMED, Words.of(roll.hash()));
    }
  }

  /** Writes down something that was not as planned: printable ASCII. */
  public void except(String what) throws CeremonyRefused, IOException {
    if (!what.matches("[ -~]{1," + Transcript.EXCEPTION_MAX + "}") || what.isBlank()) {
      throw new CeremonyRefused(
          "An exception is one line of 1 to " + Transcript.EXCEPTION_MAX + " ASCII characters.",
          "Say it shorter, or without accents.");
    }
    if (transcript(site).closed()) {
      throw new CeremonyRefused(
          "The transcript of this site has ended: its HSM has made its statement.",
          "Write it on paper, and have participants decide whether they sign.");
    }
    write(Transcript.EXCEPTION, what);
  }

  private void write(String step, String what) throws CeremonyRefused, IOException {
    var time = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    own.write(Transcript.file(site), transcript(site).append(time, step, what).encode());
  }

  private Transcript transcript(int of) throws CeremonyRefused, IOException {
    Optional<Bytes> octets = own.read(Transcript.file(of));
    return octets.isPresent()
        ? Transcript.parse(octets.get(), plan.hash(), of)
        : Transcript.begin(plan.hash(), of);
  }

  private boolean confirmed(Roll roll) throws CeremonyRefused, IOException {
    return transcript(site).entries().stream()
        .anyMatch(entry ->
            entry.step().equals(Transcript.CONFIRMED)
                && entry.what().equals(Words.of(roll.hash())));
  }

  /** Says it once and for all: what was said before is said again in the same octets. */
  private Message say(Kind kind, Saying saying) throws CeremonyRefused, IOException, Rejected {
    String file = Message.file(kind, site);
    Optional<Bytes> said = own.read(file);
    Message message;
    if (said.isPresent()) {
      message = Message.parse(said.get(), kind, site, plan.hash());
    } else {
      var time = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      message = new Message(kind, plan.hash(), site, time, saying.lines());
      own.write(file, message.encode());
    }
    // A crash here leaves a message without its line: nobody else has seen it, and the line
    // follows.
    if (!transcript(site).names(message)) {
      write(kind.word(), Transcript.of(message));
    }
    give();
    return message;
  }

  private List<String> missing(Kind kind) throws IOException {
    List<String> missing = new ArrayList<>();
    for (int of = 1; of <= plan.sites().size(); of++) {
      if (kind.saidBy(of) && own.read(Message.file(kind, of)).isEmpty()) {
        missing.add(Message.file(kind, of));
      }
    }
    return missing;
  }

  private List<Message> all(Kind kind) throws CeremonyRefused, IOException {
    List<Message> all = new ArrayList<>();
    for (int of = 1; of <= plan.sites().size(); of++) {
      if (kind.saidBy(of)) {
        String file = Message.file(kind, of);
        Bytes octets =
            own.read(file)
                .orElseThrow(
                    () -> new CeremonyRefused(file + " is not here yet.", "Bring the stick."));
        all.add(Message.parse(octets, kind, of, plan.hash()));
      }
    }
    return all;
  }

  /** What every site would refuse is found here first, while nobody has seen it. */
  private List<Message.Line> identity() throws CeremonyRefused, IOException, Rejected {
    HsmIdentity here = hsm.port().identify();
    try {
      Roll.checkSimulated(plan, site, here);
      Attestations.check(plan, site, here);
    } catch (CeremonyRefused e) {
      throw new CeremonyRefused(
          e.what(),
          "No other site has seen it: give the planned program with --hsm, and another, empty"
              + " --home.");
    }
    return Messages.of(new Messages.Identity(here, node.tlsKey()));
  }

  /** Whether this site has shown its HSM to anybody. */
  public boolean begun() throws IOException {
    return own.read(Message.file(Kind.IDENTITY, site)).isPresent();
  }

  private Standing found(Roll roll) throws CeremonyRefused, IOException, Rejected {
    Fleet fleet = roll.fleet();
    checkOwn(fleet);
    if (site == 1) {
      Message unused =
          say(Kind.CERTIFICATES, () -> Messages.of(node.certify(plan, fleet, roll.tlsKeys())));
    }
    List<String> missing = missing(Kind.CERTIFICATES);
    if (!missing.isEmpty()) {
      return new Standing.Waiting("the nodes' certificates", missing);
    }
    Certificates certificates = certificates();
    node.check(plan, site, certificates);
    Message ours = say(Kind.COMMITMENTS, () -> Messages.of(fleet.id(), hsm.port().propose(fleet)));
    if (own.read(Message.file(Kind.STATEMENT, site)).isEmpty()) {
      checkHeld(fleet, Messages.commitments(ours, fleet.id()));
    }
    missing = missing(Kind.COMMITMENTS);
    if (!missing.isEmpty()) {
      return new Standing.Waiting("what every HSM commits to", missing);
    }
    List<Commitments> commitments = new ArrayList<>();
    for (Message message : all(Kind.COMMITMENTS)) {
      commitments.add(Messages.commitments(message, fleet.id()));
    }
    Message unused =
        say(Kind.REVEALS, () -> Messages.of(fleet.id(), hsm.port().reveal(commitments)));
    missing = missing(Kind.REVEALS);
    if (!missing.isEmpty()) {
      return new Standing.Waiting("what every HSM reveals to the others, sealed", missing);
    }
    unused = say(Kind.STATEMENT, () -> Messages.of(hsm.port().complete(revealed(fleet))));
    missing = missing(Kind.STATEMENT);
    return missing.isEmpty()
        ? end(fleet, certificates)
        : new Standing.Waiting("every HSM's statement of what it saw", missing);
  }

  private Certificates certificates() throws CeremonyRefused, IOException {
    return Messages.certificates(all(Kind.CERTIFICATES).getFirst(), plan.settings().n());
  }

  /** Another HSM in this site's place is found here, not as a puzzling refusal by the others. */
  private void checkOwn(Fleet fleet) throws CeremonyRefused, IOException, Rejected {
    HsmIdentity here = hsm.port().identify();
    if (!here.statementKey().equals(fleet.hsm(site).statementKey())
        || !here.sessionKey().equals(fleet.hsm(site).sessionKey())) {
      throw new CeremonyRefused(
          "The HSM here is not the one that made this site's identity.",
          "Put its home back; if it is lost, begin a new ceremony with empty folders.");
    }
  }

  /** What an HSM contributes is in its memory alone until it has completed. */
  private void checkHeld(Fleet fleet, Commitments ours)
      throws CeremonyRefused, IOException, Rejected {
    FoundingPort port = hsm.port();
    boolean held;
    try {
      held = port.propose(fleet).equals(ours);
    } catch (Rejected e) {
      if (e.code() != RejectionCode.WRONG_PHASE) {
        throw e;
      }
      // Founded already, and the crash came before its statement was written.
      held = port.fleet().id().equals(fleet.id());
    }
    if (!held) {
      throw new CeremonyRefused(
          "The HSM of this site was started again after it had committed: what it committed to is"
              + " lost.",
          "Begin a new ceremony at all sites, under another name, with empty folders.");
    }
  }

  private List<Reveal> revealed(Fleet fleet) throws CeremonyRefused, IOException {
    List<Reveal> toUs = new ArrayList<>();
    for (Message message : all(Kind.REVEALS)) {
      Messages.reveals(message, fleet.id(), plan.settings().n()).stream()
          .filter(reveal -> reveal.to() == site)
          .forEach(toUs::add);
    }
    return toUs;
  }

  private Standing end(Fleet fleet, Certificates certificates)
      throws CeremonyRefused, IOException, Rejected {
    var unused = Founding.verify(fleet, all(Kind.COMMITMENTS), all(Kind.STATEMENT));
    List<Transcript> transcripts = new ArrayList<>();
    for (int of = 1; of <= plan.sites().size(); of++) {
      transcripts.add(transcript(of));
    }
    Bytes text = Founding.transcript(plan, fleet, transcripts);
    own.write(Verification.FLEET, fleet.encode());
    own.write(Signatures.TRANSCRIPT, text);
    if (own.read(Seen.file(site)).isEmpty()) {
      SignedStatus now = hsm.status(Seen.nonce(text));
      if (!now.values().equals(ChainValues.founding(fleet.id(), 0))) {
        throw new CeremonyRefused(
            "This site's HSM has served already, and signs no transcript any more.",
            "Put back the folder that the ceremony left here, or begin a new ceremony.");
      }
      own.write(Seen.file(site), Seen.encode(now));
    }
    give();
    List<String> silent = new ArrayList<>();
    for (int of = 1; of <= plan.sites().size(); of++) {
      if (own.read(Seen.file(of)).isEmpty()) {
        silent.add(Seen.file(of));
      }
    }
    if (!silent.isEmpty()) {
      return new Standing.Waiting("every HSM's signature over transcript.txt", silent);
    }
    List<String> unsigned = new ArrayList<>();
    for (var participant : plan.participants()) {
      if (own.read(Signatures.file(participant)).isEmpty()) {
        unsigned.add(Signatures.file(participant));
      }
    }
    if (plan.participants().size() - unsigned.size() < plan.signaturesNeeded()) {
      return new Standing.Waiting("signatures of participants over transcript.txt", unsigned);
    }
    Verification verification = Verification.of(own, signatures);
    for (Verification.Check check : verification.checks()) {
      if (check.objection().isPresent()) {
        throw new CeremonyRefused(
            "It does not hold that " + check.claim() + ": " + check.objection().get(),
            "No node file was written. Mend that and run the command again.");
      }
    }
    FoundingPort port = hsm.port();
    if (!port.fleet().id().equals(fleet.id()) || port.index() != site) {
      throw new CeremonyRefused(
          "The HSM here is another fleet's.", "Put this ceremony's HSM back.");
    }
    node.install(plan, site, fleet, certificates);
    return new Standing.Founded(fleet.id());
  }
}
