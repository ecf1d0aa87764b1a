package dev.coffer.ceremony.run;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Announcement;
import dev.coffer.ceremony.record.CeremonyFiles;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.record.Message;
import dev.coffer.ceremony.record.Seen;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Transcript;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Brings a site's own folder and a stick, or what another site shows, to the same state. What was
 * taken once is never exchanged for something else: the stick has it in the same octets, or not
 * yet. Everything known goes on the stick, so one stick that goes round is enough.
 */
final class Exchange {
  private final Plan plan;
  private final Bytes hash;
  private final int site;
  private final Folder own;
  private final Folder stick;
  private final OptionalInt peer;
  private final List<String> names;
  private final Signatures signatures;
  private final InstantSource clock;

  /**
   * @param peer the site that shows {@code stick} over the network; empty if people carry it
   */
  Exchange(
      Plan plan,
      int site,
      Folder own,
      Folder stick,
      OptionalInt peer,
      Signatures signatures,
      InstantSource clock) {
    this.plan = plan;
    this.hash = plan.hash();
    this.site = site;
    this.own = own;
    this.stick = stick;
    this.peer = peer;
    this.names =
        peer.isPresent() ? CeremonyFiles.takenFrom(plan, peer.getAsInt()) : CeremonyFiles.of(plan);
    this.signatures = signatures;
    this.clock = clock;
  }

  private Optional<Bytes> theirs(String file) throws IOException {
    return names.contains(file) ? stick.read(file) : Optional.empty();
  }

  /** Takes what is new there. */
  void take() throws CeremonyRefused, IOException {
    checkPlan();
    announcement();
    for (int other = 1; other <= plan.sites().size(); other++) {
      take(other);
      seen(other);
    }
    for (Participant participant : plan.participants()) {
      signature(participant);
    }
  }

  private void checkPlan() throws CeremonyRefused, IOException {
    Optional<Bytes> theirs = theirs(Verification.PLAN);
    if (theirs.isPresent() && !theirs.get().equals(plan.encode())) {
      throw new CeremonyRefused(
          stick + " holds another plan: " + Plan.parse(theirs.get()).hash().hex() + ".",
          "It is another ceremony's stick, or that site has another plan: compare the plans'"
              + " words.");
    }
    Optional<Bytes> before = own.read(Verification.PLAN);
    if (before.isPresent() && !before.get().equals(plan.encode())) {
      throw new CeremonyRefused(
          "This site's directory is of another plan: "
              + Plan.parse(before.get()).hash().hex()
              + ".",
          "Give the plan that it began with, or another directory.");
    }
    own.write(Verification.PLAN, plan.encode());
  }

  /** Of those that hold the earliest: no identity anywhere may be older than what is kept. */
  private void announcement() throws CeremonyRefused, IOException {
    Optional<Bytes> policy = theirs(Announcement.POLICY);
    Optional<Bytes> proof = theirs(Announcement.PROOF);
    Optional<Bytes> kept = own.read(Announcement.PROOF);
    if (policy.isEmpty() || proof.isEmpty() || proof.equals(kept)) {
      return;
    }
    Instant logged = Announcement.loggedBy(plan, policy.get(), proof.get());
    if (kept.isEmpty() || logged.isBefore(Announcement.loggedBy(plan, policy.get(), kept.get()))) {
      own.write(Announcement.POLICY, policy.get());
      own.write(Announcement.PROOF, proof.get());
    }
  }

  /** There is one good one of each site: what comes before it can be judged is left there. */
  private void seen(int other) throws CeremonyRefused, IOException {
    String file = Seen.file(other);
    Optional<Bytes> text = own.read(Signatures.TRANSCRIPT);
    Optional<Bytes> fleet = own.read(Verification.FLEET);
    Optional<Bytes> theirs = theirs(file);
    boolean judged = text.isPresent() && fleet.isPresent() && theirs.isPresent();
    if (judged && own.read(file).isEmpty()) {
      Seen.check(founded(fleet.get()), other, text.get(), theirs.get());
      own.write(file, theirs.get());
    }
  }

  private static Fleet founded(Bytes octets) throws IOException {
    try {
      return Fleet.decode(octets);
    } catch (Rejected e) {
      throw new IOException("This site's own " + Verification.FLEET + " is damaged.", e);
    }
  }

  private void take(int other) throws CeremonyRefused, IOException {
    List<Message> fresh = new ArrayList<>();
    for (Message.Kind kind : Message.Kind.values()) {
      String file = Message.file(kind, other);
      Optional<Bytes> mine = own.read(file);
      Optional<Bytes> theirs = kind.saidBy(other) ? theirs(file) : Optional.empty();
      if (theirs.isPresent() && !theirs.equals(mine)) {
        checkUnseen(file, other, mine.isPresent());
        Message message = Message.parse(theirs.get(), kind, other, hash);
        checkTime(message);
        fresh.add(message);
      }
    }
    // A site writes its transcript before the message that it names: so it is read after.
    Transcript transcript = transcript(other);
    for (Message message : fresh) {
      if (!transcript.names(message)) {
        throw new CeremonyRefused(
            "The transcript of site "
                + other
                + " does not name "
                + message.called()
                + ": its line is missing.",
            "Have that site write the stick again; if it stays so, begin a new ceremony.");
      }
      own.write(message.called(), message.encode());
    }
  }

  private void checkUnseen(String file, int other, boolean seen) throws CeremonyRefused {
    if (other == site) {
      throw new CeremonyRefused(
          stick + " holds a " + file + " that this machine did not write.",
          "Two machines run as site "
              + site
              + ", or the stick is an earlier ceremony's: give each"
              + " machine its own --site, and a new ceremony an empty stick.");
    }
    if (seen) {
      throw new CeremonyRefused(
          file + " on " + stick + " is not the one that was taken before.",
          "Site " + other + " began anew, or somebody changed the stick: begin a new ceremony.");
    }
  }

  /** A stick of yesterday, or a clock that is wrong. */
  private void checkTime(Message message) throws CeremonyRefused {
    Instant now = clock.instant();
    Duration apart = Duration.between(message.time(), now).abs();
    if (apart.compareTo(Duration.ofHours(plan.hoursMax())) > 0) {
      throw new CeremonyRefused(
          message.called()
              + " was written at "
              + message.time()
              + ", and here it is "
              + now
              + ": more than "
              + plan.hoursMax()
              + " hours apart.",
          "Set the clock that is wrong, or take today's stick; a longer way needs a plan with more"
              + " hours-max.");
    }
  }

  /** What is known of a site's transcript, the longer of the two that have to agree. */
  private Transcript transcript(int other) throws CeremonyRefused, IOException {
    String file = Transcript.file(other);
    Transcript mine = known(own.read(file), other);
    Transcript theirs = known(theirs(file), other);
    if (theirs.continuedBy(mine)) {
      return mine;
    }
    if (other == site || !mine.continuedBy(theirs) || mine.closed()) {
      throw new CeremonyRefused(
          file
              + " on "
              + stick
              + " does not continue what is known of it here: a line was changed.",
          "Two machines run as site " + other + ", or it is another stick: begin a new ceremony.");
    }
    own.write(file, theirs.encode());
    return theirs;
  }

  private Transcript known(Optional<Bytes> octets, int other) throws CeremonyRefused {
    return octets.isPresent()
        ? Transcript.parse(octets.get(), hash, other)
        : Transcript.begin(hash, other);
  }

  private void signature(Participant participant) throws CeremonyRefused, IOException {
    String file = Signatures.file(participant);
    Optional<Bytes> theirs = theirs(file);
    Optional<Bytes> mine = own.read(file);
    if (theirs.isEmpty() || theirs.equals(mine)) {
      return;
    }
    Signatures.checkForm(participant, theirs.get());
    Optional<Bytes> text = own.read(Signatures.TRANSCRIPT);
    if (text.isEmpty()) {
      // Nothing can be verified yet. A stick's is carried on; a site is asked again.
      if (peer.isEmpty()) {
        own.write(file, theirs.get());
      }
      return;
    }
    Optional<String> objection = signatures.objection(participant, text.get(), theirs.get());
    if (objection.isEmpty()) {
      // One that was made again replaces the one before.
      own.write(file, theirs.get());
    } else if (peer.isPresent()
        || mine.isEmpty()
        || signatures.objection(participant, text.get(), mine.get()).isPresent()) {
      // While whoever signed is still there. On a stick a good one goes back in its place.
      throw new CeremonyRefused(objection.get() + ".", "Have it signed again.");
    }
  }

  /** Gives all that the stick lacks: transcripts first, for a message is not taken without. */
  void give() throws IOException {
    for (String file : CeremonyFiles.of(plan)) {
      give(file);
    }
  }

  private void give(String file) throws IOException {
    Optional<Bytes> mine = own.read(file);
    if (mine.isEmpty()) {
      return;
    }
    Optional<Bytes> theirs = stick.read(file);
    // Somebody may have gone on since it was taken: what only grows is never made shorter.
    boolean older =
        Transcript.named(file) && theirs.filter(o -> o.size() > mine.get().size()).isPresent();
    if (!mine.equals(theirs) && !older) {
      stick.write(file, mine.get());
    }
  }
}
