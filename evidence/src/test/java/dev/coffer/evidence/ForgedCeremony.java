package dev.coffer.evidence;

import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanSettings;
import dev.coffer.ceremony.plan.Words;
import dev.coffer.ceremony.record.Founding;
import dev.coffer.ceremony.record.Message;
import dev.coffer.ceremony.record.Message.Kind;
import dev.coffer.ceremony.record.Messages;
import dev.coffer.ceremony.record.Seen;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Transcript;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.protocol.port.FoundingPort.Commitments;
import dev.coffer.protocol.port.FoundingPort.Reveal;
import dev.coffer.protocol.port.FoundingPort.TranscriptSignature;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a ceremony leaves, written by somebody who has the keys of all HSMs and all people: the
 * strongest liar that there is, who makes everything fit but for one thing. Without a lie it is a
 * sound record, as the real core and real people leave one.
 */
class ForgedCeremony {
  static final int N = 3;
  static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

  /** What jlink writes into an image. */
  static final Bytes RELEASE = ascii("JAVA_VERSION=\"25\"\nMODULES=\"java.base dev.coffer.hsm\"\n");

  /** An image of two files: nine zeros in lib/modules, and that. */
  static final ImageFiles IMAGE =
      new ImageFiles(
          ascii(
              "%s - lib/modules\n%s - release\n"
                  .formatted(Hashes.sha256(Bytes.zeros(9)).hex(), Hashes.sha256(RELEASE).hex())),
          RELEASE);

  /** From which source it was built. */
  static final String COMMIT = "a1".repeat(20);

  static final String DOOR = "the \"back\" door stood open";

  /** As ssh-keygen judges; a signature here is deterministic, so there is one good one. */
  static final Signatures SIGNATURES =
      (person, text, signature) ->
          signature.equals(sshSign(seedOf(person), text))
              ? Optional.empty()
              : Optional.of(Signatures.file(person) + " is no signature");

  final Map<String, Bytes> files = new HashMap<>();

  /** The settings file. */
  String settings() {
    StringBuilder text = new StringBuilder("ceremony = pilot-1\nhsms = 3\nguess-limit = 10\n");
    text.append("replace-by-login = yes\ndelete-by-login = no\nsimulated = yes\n");
    text.append("signatures-needed = 2\n");
    text.append("tenant.1.name = app\ntenant.1.root-key = ").append("11".repeat(32)).append('\n');
    for (int i = 1; i <= N; i++) {
      text.append("site.%d.name = town-%d\nsite.%d.host = 192.0.2.%d\n".formatted(i, i, i, i));
      text.append("participant.%d.name = person-%d\n".formatted(i, i));
      text.append("participant.%d.key = %s\n".formatted(i, sshKey(seed(i))));
    }
    return text.toString();
  }

  /** The seed of HSM {@code index}'s statement key. */
  SecretBytes hsmSeed(int index) {
    return seed(100 + index);
  }

  /** HSM {@code index} without attestation. */
  HsmIdentity bare(int index) {
    return new HsmIdentity(
        Ed25519.publicKey(hsmSeed(index)),
        Bytes.fromHex("%02x".formatted(200 + index).repeat(32)),
        "SIMULATED software HSM",
        IMAGE.measurement(),
        Bytes.EMPTY);
  }

  /** What stands before its signature. */
  Bytes evidence(HsmIdentity bare) throws Exception {
    return HsmPromises.SIMULATED;
  }

  /** HSM {@code index}. */
  HsmIdentity hsm(int index) throws Exception {
    HsmIdentity bare = bare(index);
    Bytes evidence = evidence(bare);
    return bare.attesting(evidence.concat(Ed25519.sign(hsmSeed(index), bare.signedText(evidence))));
  }

  /** What people at {@code site} confirmed. */
  String words(int site, Bytes roll) {
    return Words.of(roll);
  }

  /** What HSM {@code index} says that it has seen. */
  Bytes founding(int index, Bytes seen) {
    return seen;
  }

  /** What people sign. */
  Bytes record(Bytes transcript) {
    return transcript;
  }

  /** Which transcript HSM {@code index} signed. */
  Bytes seen(int index, Bytes record) {
    return record;
  }

  /** Adds what shows that {@code plan} was in a log. */
  void announce(Plan plan) {}

  static SecretBytes seed(int number) {
    byte[] octets = new byte[32];
    Arrays.fill(octets, (byte) number);
    return SecretBytes.wrap(octets);
  }

  static Bytes ascii(String text) {
    return Utf8.encode(text);
  }

  private static SecretBytes seedOf(Participant person) {
    return seed(Integer.parseInt(person.name().substring("person-".length())));
  }

  private static Bytes sshBlob(SecretBytes seed) {
    return new CanonicalWriter().field("ssh-ed25519").field(Ed25519.publicKey(seed)).toBytes();
  }

  static String sshKey(SecretBytes seed) {
    return "ssh-ed25519 " + StrictBase64.encode(sshBlob(seed));
  }

  /** A signature as OpenSSH writes one (PROTOCOL.sshsig). */
  static Bytes sshSign(SecretBytes seed, Bytes text) {
    Bytes magic = ascii("SSHSIG");
    CanonicalWriter signed = new CanonicalWriter().raw(magic).field(Signatures.NAMESPACE);
    signed.field("").field("sha512").field(Hashes.sha512(text.toByteArray()));
    Bytes signature = Ed25519.sign(seed, signed.toBytes());
    CanonicalWriter blob = new CanonicalWriter().raw(magic).u32(1).field(sshBlob(seed));
    blob.field(Signatures.NAMESPACE).field("").field("sha512");
    blob.field(new CanonicalWriter().field("ssh-ed25519").field(signature).toBytes());
    String base64 = StrictBase64.encode(blob.toBytes()).replaceAll("(.{70})", "$1\n");
    String end = base64.endsWith("\n") ? "" : "\n";
    return ascii(
        "-----BEGIN SSH SIGNATURE-----\n" + base64 + end + "-----END SSH SIGNATURE-----\n");
  }

  /** Writes everything into {@code folder}. */
  final void write(Path folder) throws Exception {
    Files.createDirectories(folder);
    Plan plan = PlanSettings.read(Files.writeString(folder.resolve("settings"), settings()));
    Files.delete(folder.resolve("settings"));
    List<HsmIdentity> hsms = new ArrayList<>();
    StringBuilder roll = new StringBuilder("coffer/ceremony-roll/v1\n");
    Map<Kind, List<Message>> said = new HashMap<>();
    for (Kind kind : Kind.values()) {
      said.put(kind, new ArrayList<>());
    }
    for (int i = 1; i <= N; i++) {
      hsms.add(hsm(i));
      Messages.Identity identity = new Messages.Identity(hsms.getLast(), ascii("tls " + i));
      Message message = new Message(Kind.IDENTITY, plan.hash(), i, NOON, Messages.of(identity));
      said.get(Kind.IDENTITY).add(message);
      roll.append(message.hash().hex()).append('\n');
    }
    Fleet fleet = Fleet.of(plan.settings(), hsms);
    speak(plan, fleet, said);
    List<Transcript> transcripts = new ArrayList<>();
    for (int i = 1; i <= N; i++) {
      String words = words(i, Hashes.sha256(ascii(roll.toString())));
      transcripts.add(transcript(plan, i, words, said));
      files.put(Transcript.file(i), transcripts.getLast().encode());
    }
    said.values()
        .forEach(all -> all.forEach(message -> files.put(message.called(), message.encode())));
    Bytes record = record(Founding.transcript(plan, fleet, transcripts));
    files.put(Verification.PLAN, plan.encode());
    files.put(Verification.FLEET, fleet.encode());
    files.put(Signatures.TRANSCRIPT, record);
    for (int i = 1; i <= N; i++) {
      ChainValues nothing = ChainValues.founding(fleet.id(), 0);
      Bytes nonce = Seen.nonce(seen(i, record));
      try (Ed25519.SigningKey key = new Ed25519.SigningKey(hsmSeed(i))) {
        files.put(
            Seen.file(i), Seen.encode(SignedStatus.sign(i, nonce, nothing, Optional.empty(), key)));
      }
    }
    for (Participant person : plan.participants()) {
      files.put(Signatures.file(person), sshSign(seedOf(person), record));
    }
    announce(plan);
    for (Map.Entry<String, Bytes> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue().toByteArray());
    }
  }

  private void speak(Plan plan, Fleet fleet, Map<Kind, List<Message>> said) {
    CanonicalWriter seen = Label.FOUNDING_TRANSCRIPT.tuple().field(fleet.id().value());
    for (int i = 1; i <= N; i++) {
      int site = i;
      Commitments commitments = new Commitments(i, ascii("commitments of " + i));
      seen.field(commitments.encoded());
      List<Reveal> reveals = new ArrayList<>();
      for (int to = 1; to <= N; to++) {
        if (to != i) {
          reveals.add(new Reveal(i, to, ascii("sealed to " + to)));
        }
      }
      say(said, Kind.COMMITMENTS, plan, site, Messages.of(fleet.id(), commitments));
      say(said, Kind.REVEALS, plan, site, Messages.of(fleet.id(), reveals));
    }
    for (int i = 1; i <= N; i++) {
      Bytes hash = founding(i, Hashes.sha256(seen));
      Bytes signature = Ed25519.sign(hsmSeed(i), TranscriptSignature.text(fleet.id(), i, hash));
      say(
          said,
          Kind.STATEMENT,
          plan,
          i,
          Messages.of(new TranscriptSignature(i, fleet.id(), hash, signature)));
    }
    List<Bytes> nodes = List.of(ascii("node 1"), ascii("node 2"), ascii("node 3"));
    var certificates = new Messages.Certificates(ascii("authority"), nodes);
    say(said, Kind.CERTIFICATES, plan, 1, Messages.of(certificates));
  }

  private static void say(
      Map<Kind, List<Message>> said, Kind kind, Plan plan, int site, List<Message.Line> lines) {
    said.get(kind).add(new Message(kind, plan.hash(), site, NOON, lines));
  }

  private static Transcript transcript(
      Plan plan, int site, String words, Map<Kind, List<Message>> said) {
    Transcript transcript = Transcript.begin(plan.hash(), site);
    if (site == 2) {
      transcript = transcript.append(NOON, Transcript.EXCEPTION, DOOR);
    }
    for (Kind kind : Kind.values()) {
      if (kind.saidBy(site)) {
        transcript =
            transcript.append(NOON, kind.word(), Transcript.of(said.get(kind).get(site - 1)));
      }
      if (kind == Kind.IDENTITY) {
        transcript = transcript.append(NOON, Transcript.CONFIRMED, words);
      }
    }
    return transcript;
  }
}
