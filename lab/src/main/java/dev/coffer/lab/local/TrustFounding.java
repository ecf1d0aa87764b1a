package dev.coffer.lab.local;

import dev.coffer.cli.Session;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.operator.Publisher;
import dev.coffer.files.AtomicFile;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Makes the keys of all parties of a development vault and the first trust policy, once. The policy
 * is written last: without it nothing was founded.
 */
final class TrustFounding {
  private static final int NAME_OCTETS = 4;

  private final Session session;
  private final TrustHome home;
  private final String place;

  private TrustFounding(Session session, TrustHome home) {
    this.session = session;
    this.home = home;
    // Names differ from vault to vault, so that nobody takes one development log for another.
    this.place = "coffer.local/" + session.randomness().bytes(NAME_OCTETS).hex();
  }

  static void found(Session session, TrustHome home) throws IOException {
    new TrustFounding(session, home).found();
  }

  private void found() throws IOException {
    List<VerifierKey> roots = new ArrayList<>();
    for (int i = 1; i <= TrustHome.ROOTS; i++) {
      roots.add(key("root-" + i, SignatureType.ED25519, home.root(i)));
    }
    VerifierKey operator = key("operator", SignatureType.ED25519, home.operatorKey());
    VerifierKey notary = key("notary", SignatureType.ED25519, home.notaryKey());
    VerifierKey audit = key("audit", SignatureType.ED25519, home.notaryAuditKey());
    AtomicFile.replace(home.auditKey(), octets(audit.text() + "\n"), AtomicFile.Access.OWNER);
    StringBuilder approvers = new StringBuilder();
    for (int i = 1; i <= TrustHome.APPROVERS; i++) {
      VerifierKey approver = key("approver-" + i, SignatureType.ED25519, home.approverKey(i));
      approvers.append(approver.text()).append('\n');
    }
    List<Integer> ports = LoopbackPorts.take(2 + TrustHome.WITNESSES);
    AtomicFile.replace(home.approvers(), octets(approvers), AtomicFile.Access.OWNER);
    AtomicFile.replace(
        home.notaryAddress(),
        octets(url(ports.get(1 + TrustHome.WITNESSES)) + "\n"),
        AtomicFile.Access.OWNER);
    StringBuilder text = new StringBuilder();
    VerifierKey log = key("log", SignatureType.ED25519, home.logKey());
    text.append("log ").append(log.text()).append(' ').append(url(ports.get(0))).append('\n');
    StringBuilder names = new StringBuilder();
    for (int i = 1; i <= TrustHome.WITNESSES; i++) {
      VerifierKey witness = key("witness-" + i, SignatureType.COSIGNATURE, home.witnessKey(i));
      text.append("witness w").append(i).append(' ').append(witness.text()).append(' ');
      text.append(url(ports.get(i))).append('\n');
      names.append(" w").append(i);
    }
    text.append("group witnesses ").append(TrustHome.WITNESSES).append(names).append('\n');
    text.append("quorum witnesses\n");
    try {
      Policy logPolicy = Policy.parse(Utf8.encode(text.toString()));
      TrustPolicy policy =
          new TrustPolicy(
              new KeyName(place + "/vault"),
              1,
              TrustPolicy.NO_PREV,
              TrustHome.ROOTS_THRESHOLD,
              roots,
              operator,
              notary,
              TrustPolicy.MAX_AGE_HARD,
              TrustPolicy.MAX_AGE_SOFT,
              // A fleet on a developer's machine need not be announced for days.
              0,
              logPolicy);
      AtomicFile.replace(
          home.logPolicy(), logPolicy.encode().toByteArray(), AtomicFile.Access.OWNER);
      AtomicFile.replace(
          home.policy(),
          signed(TrustPolicy.parse(policy.text())).encode().toByteArray(),
          AtomicFile.Access.OWNER);
    } catch (Refused e) {
      throw new IllegalStateException("a trust policy of our own making", e);
    }
  }

  private Note signed(TrustPolicy policy) throws IOException {
    List<NoteSignature> signatures = new ArrayList<>();
    for (int i = 1; i <= TrustHome.ROOTS_THRESHOLD; i++) {
      try (NoteSigner root = Publisher.signer(policy.roots().get(i - 1), home.root(i))) {
        signatures.add(root.sign(policy.text()));
      }
    }
    return Note.of(policy.text(), signatures);
  }

  private VerifierKey key(String role, SignatureType type, Path file) throws IOException {
    AtomicFile.privateFolder(Objects.requireNonNull(file.getParent()));
    Files.deleteIfExists(file);
    try (SecretBytes seed = SecretBytes.random(session.randomness(), Ed25519.SEED)) {
      KeyFile.write(file, seed);
      return new VerifierKey(new KeyName(place + "/" + role), type, Ed25519.publicKey(seed));
    }
  }

  private static byte[] octets(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }
}
