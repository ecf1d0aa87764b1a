package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Words;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks what a ceremony left behind, with nothing but that: no HSM, no network, no clock. A node
 * is started on it only after the same checks.
 *
 * <p><b>Guarantees</b> if it holds: these HSMs, by these keys, founded this fleet with this plan,
 * and these people signed that this is what they saw. <b>Not guaranteed:</b> that a key is in the
 * hardware that it says: the attestations are not verified here.
 */
public final class Verification {
  /** The plan's file. */
  public static final String PLAN = "plan.txt";

  /** The fleet's file: what clients pin. */
  public static final String FLEET = "fleet.bin";

  /** The claim about a plan that names a log: checked of no other. */
  public static final String ANNOUNCED = "the plan was logged before any HSM made its identity";

  private final Folder folder;
  private final Signatures signatures;
  private final List<Check> checks = new ArrayList<>();
  private final List<String> exceptions = new ArrayList<>();
  private final Map<Message.Kind, List<Message>> messages = new EnumMap<>(Message.Kind.class);
  private final List<Transcript> transcripts = new ArrayList<>();
  private Optional<Plan> plan = Optional.empty();
  private Optional<Roll> roll = Optional.empty();

  /**
   * One claim.
   *
   * @param claim a clause
   * @param objection why it does not hold, one sentence; empty if it does
   */
  public record Check(String claim, Optional<String> objection) {}

  @FunctionalInterface
  private interface Step {
    void run() throws CeremonyRefused, IOException;
  }

  private Verification(Folder folder, Signatures signatures) {
    this.folder = folder;
    this.signatures = signatures;
  }

  /** Checks the record in {@code folder}. */
  public static Verification of(Folder folder, Signatures signatures) {
    Verification verification = new Verification(folder, signatures);
    verification.run();
    return verification;
  }

  /** All claims, in the order they were checked; those after a failed one may rest on it. */
  public List<Check> checks() {
    return List.copyOf(checks);
  }

  /** Whether all of them hold. */
  public boolean holds() {
    return checks.stream().allMatch(check -> check.objection().isEmpty());
  }

  /** What was not as planned, as the sites wrote it down. */
  public List<String> exceptions() {
    return List.copyOf(exceptions);
  }

  /** The plan, if it could be read. */
  public Optional<Plan> plan() {
    return plan;
  }

  /** The fleet, as the identities make it. */
  public Optional<Fleet> fleet() {
    return roll.map(Roll::fleet);
  }

  private void run() {
    check("the plan is whole and in its one form", () -> plan = Optional.of(readPlan()));
    if (plan.isEmpty()) {
      return;
    }
    if (planned().announcedBy().isPresent()) {
      check(ANNOUNCED, this::announced);
    }
    check("every site's messages are there and of this plan", this::readMessages);
    check("each transcript follows line by line and names those messages", this::readTranscripts);
    check("the identities are distinct and as the plan lets them be", this::readRoll);
    check("every HSM's attestation holds and is what the plan says of it", this::attested);
    check("people at every site confirmed the words of these identities", this::confirmed);
    check("fleet.bin is the fleet of these identities and settings", this::fleetFile);
    check("every HSM signed the one founding of this fleet", this::founding);
    check("transcript.txt is what the sites did", this::transcript);
    check("every HSM signed transcript.txt", this::seen);
    check("enough participants signed transcript.txt, and none wrongly", this::signed);
  }

  private void check(String claim, Step step) {
    try {
      step.run();
      checks.add(new Check(claim, Optional.empty()));
    } catch (CeremonyRefused e) {
      checks.add(new Check(claim, Optional.of(e.what())));
    } catch (IOException e) {
      checks.add(new Check(claim, Optional.of(String.valueOf(e.getMessage()))));
    }
  }

  private Bytes file(String name) throws CeremonyRefused, IOException {
    return folder.read(name).orElseThrow(() -> lacking(name));
  }

  private static CeremonyRefused lacking(String what) {
    return new CeremonyRefused("There is no " + what + ".", "Take the whole folder.");
  }

  private Plan readPlan() throws CeremonyRefused, IOException {
    return Plan.parse(file(PLAN));
  }

  private Plan planned() {
    return plan.orElseThrow();
  }

  private Roll known() throws CeremonyRefused {
    return roll.orElseThrow(() -> lacking("roll of identities to check this against"));
  }

  private List<Message> all(Message.Kind kind) throws CeremonyRefused {
    List<Message> all = messages.getOrDefault(kind, List.of());
    int expected = kind == Message.Kind.CERTIFICATES ? 1 : planned().sites().size();
    if (all.size() != expected) {
      throw lacking(kind.word() + " of every site to check this against");
    }
    return all;
  }

  private void readMessages() throws CeremonyRefused, IOException {
    for (Message.Kind kind : Message.Kind.values()) {
      List<Message> all = messages.computeIfAbsent(kind, unused -> new ArrayList<>());
      for (int site = 1; site <= planned().sites().size(); site++) {
        if (kind.saidBy(site)) {
          Bytes octets = file(Message.file(kind, site));
          all.add(Message.parse(octets, kind, site, planned().hash()));
        }
      }
    }
  }

  private void readTranscripts() throws CeremonyRefused, IOException {
    for (int site = 1; site <= planned().sites().size(); site++) {
      Transcript transcript = Transcript.parse(file(Transcript.file(site)), planned().hash(), site);
      transcripts.add(transcript);
      for (Transcript.Entry entry : transcript.entries()) {
        if (entry.step().equals(Transcript.EXCEPTION)) {
          exceptions.add(planned().site(site).called() + ", " + entry.time() + ": " + entry.what());
        }
      }
      for (Message.Kind kind : Message.Kind.values()) {
        if (kind.saidBy(site) && !transcript.names(all(kind).get(site - 1))) {
          throw new CeremonyRefused(
              "The transcript of site "
                  + site
                  + " does not name "
                  + Message.file(kind, site)
                  + " as it is here.",
              "One of the two was changed.");
        }
      }
      if (!transcript.closed()) {
        throw new CeremonyRefused(
            "The transcript of site " + site + " has no end.", "Take a later one.");
      }
    }
  }

  private void readRoll() throws CeremonyRefused {
    roll = Optional.of(Roll.of(planned(), all(Message.Kind.IDENTITY)));
  }

  private void attested() throws CeremonyRefused {
    Attestations.check(planned(), known().fleet().hsms());
  }

  private void confirmed() throws CeremonyRefused {
    String words = Words.of(known().hash());
    if (transcripts.size() != planned().sites().size()) {
      throw lacking("transcript of every site to check this against");
    }
    for (int i = 0; i < transcripts.size(); i++) {
      boolean said =
          transcripts.get(i).entries().stream()
              .anyMatch(e -> e.step().equals(Transcript.CONFIRMED) && e.what().equals(words));
      if (!said) {
        throw new CeremonyRefused(
            "Nobody at site " + (i + 1) + " confirmed the words of these identities.",
            "Begin a new ceremony.");
      }
    }
  }

  private void fleetFile() throws CeremonyRefused, IOException {
    if (!file(FLEET).equals(known().fleet().encode())) {
      throw new CeremonyRefused(
          FLEET + " describes another fleet.", "Take the one of this ceremony.");
    }
  }

  private void founding() throws CeremonyRefused {
    var unused =
        Founding.verify(
            known().fleet(), all(Message.Kind.COMMITMENTS), all(Message.Kind.STATEMENT));
  }

  private void transcript() throws CeremonyRefused, IOException {
    if (transcripts.size() != planned().sites().size()) {
      throw lacking("transcript of every site to check this against");
    }
    Bytes expected = Founding.transcript(planned(), known().fleet(), transcripts);
    if (!file(Signatures.TRANSCRIPT).equals(expected)) {
      throw new CeremonyRefused(
          Signatures.TRANSCRIPT + " is not what the sites' transcripts say.",
          "One of them was changed.");
    }
  }

  private void announced() throws CeremonyRefused, IOException {
    Instant logged =
        Announcement.loggedBy(planned(), file(Announcement.POLICY), file(Announcement.PROOF));
    for (int site = 1; site <= planned().sites().size(); site++) {
      Bytes octets = file(Message.file(Message.Kind.IDENTITY, site));
      Message identity = Message.parse(octets, Message.Kind.IDENTITY, site, planned().hash());
      if (identity.time().isBefore(logged)) {
        throw new CeremonyRefused(
            "A quorum of witnesses saw the plan in the log at "
                + logged
                + ", and site "
                + site
                + " began at "
                + identity.time()
                + ".",
            "Begin a new ceremony, after its plan is in the log.");
      }
    }
  }

  private void seen() throws CeremonyRefused, IOException {
    for (int site = 1; site <= planned().sites().size(); site++) {
      Seen.check(known().fleet(), site, file(Signatures.TRANSCRIPT), file(Seen.file(site)));
    }
  }

  private void signed() throws CeremonyRefused, IOException {
    Bytes text = file(Signatures.TRANSCRIPT);
    int good = 0;
    for (Participant participant : planned().participants()) {
      Optional<Bytes> signature = folder.read(Signatures.file(participant));
      if (signature.isPresent()) {
        Signatures.checkForm(participant, signature.get());
        Optional<String> objection = signatures.objection(participant, text, signature.get());
        if (objection.isPresent()) {
          throw new CeremonyRefused(objection.get() + ".", "Have it signed again.");
        }
        good++;
      }
    }
    if (good < planned().signaturesNeeded()) {
      throw new CeremonyRefused(
          good
              + " of "
              + planned().participants().size()
              + " participants signed, and "
              + planned().signaturesNeeded()
              + " have to.",
          "Have the others sign.");
    }
  }
}
