package dev.coffer.cli.operator;

import dev.coffer.cli.Failure;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.files.AtomicFile;
import dev.coffer.notary.bundle.Proposal;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorShelf;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.PolicyHistory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The shelf of a vault on this machine. */
public final class OperatorFiles implements OperatorShelf {
  private static final String HASH_DIGITS = "[0-9a-f]{64}";

  private final VaultHome vault;

  /** Of that vault. */
  public OperatorFiles(VaultHome vault) {
    this.vault = vault;
  }

  private Path folder() {
    return vault.trust().proposals();
  }

  @Override
  public void keep(Bundle statement) throws IOException {
    Path file = AtomicFile.privateFolder(folder()).resolve(Proposal.hash(statement).hex());
    AtomicFile.replace(
        file, statement.text().getBytes(StandardCharsets.US_ASCII), AtomicFile.Access.OWNER);
  }

  @Override
  public List<Bundle> kept() throws OperatorFailure, IOException {
    if (!Files.isDirectory(folder())) {
      return List.of();
    }
    List<Path> files;
    try (Stream<Path> found = Files.list(folder())) {
      files =
          found
              .filter(file -> file.getFileName().toString().matches(HASH_DIGITS))
              .sorted()
              .toList();
    }
    List<Bundle> kept = new ArrayList<>();
    for (Path file : files) {
      try {
        kept.add(Bundle.parse(Files.readString(file, StandardCharsets.US_ASCII)));
      } catch (Refused e) {
        throw new OperatorFailure(
            OperatorFailure.Reason.HERE,
            "The statement in " + file + " is damaged.",
            "Restore it from a copy, or from what the notary shows of that proposal.");
      }
    }
    return kept;
  }

  /** Whether a proposed bundle is on its way into the log. */
  public boolean unfinished() throws OperatorFailure, IOException {
    return !kept().isEmpty();
  }

  @Override
  public void forget(Bytes hash) throws IOException {
    Files.deleteIfExists(folder().resolve(hash.hex()));
  }

  @Override
  public void handOut(Bytes fleetNote, TlogProof proof) throws OperatorFailure, IOException {
    PolicyHistory history = vault.policies();
    List<Bytes> chain;
    try {
      // A client wants the chain to end with the policy that the bundle names, not the newest.
      chain = history.notesUpTo(BundleNote.open(fleetNote, history).policy().version());
    } catch (Refused e) {
      throw new OperatorFailure(
          OperatorFailure.Reason.UNTRUSTED,
          "This bundle is not what its policy promises: " + e.what() + ".",
          "Keep it; run coffer audit log.");
    }
    Bytes policies = BundleDelivery.of(Bytes.EMPTY, Bytes.EMPTY, chain).policies();
    try {
      handOut(vault.members(), vault.directoryOfFleets(), policies, fleetNote, proof);
    } catch (Failure e) {
      throw new OperatorFailure(OperatorFailure.Reason.HERE, e.what(), e.next());
    }
  }

  private static void handOut(
      List<VaultHome.Member> members,
      Bytes directory,
      Bytes policies,
      Bytes fleetNote,
      TlogProof proof)
      throws IOException {
    for (VaultHome.Member member : members) {
      // Nodes serve only sets that belong together: a crash between two files leaves the old one.
      Path folder = AtomicFile.privateFolder(member.bundle());
      AtomicFile.replace(
          folder.resolve("fleets"), directory.toByteArray(), AtomicFile.Access.OWNER);
      AtomicFile.replace(
          folder.resolve("trust-policies"), policies.toByteArray(), AtomicFile.Access.OWNER);
      AtomicFile.replace(
          folder.resolve("fleet.note"), fleetNote.toByteArray(), AtomicFile.Access.OWNER);
      AtomicFile.replace(
          folder.resolve("fleet.tlog-proof"),
          proof.encode().toByteArray(),
          AtomicFile.Access.OWNER);
    }
  }
}
