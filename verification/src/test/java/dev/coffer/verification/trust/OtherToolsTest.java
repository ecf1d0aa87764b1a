package dev.coffer.verification.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.verification.language.NpmFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bundle in a log, read by programs that others wrote: each accepts it, and none accepts it
 * altered. Each test is skipped, and says so, where its program is not installed.
 */
@Tag("long")
class OtherToolsTest {
  private static final long NOW = TransparencyWorld.START;
  private static final long PATIENCE_SECONDS = 60;
  private static final int ED25519_SIGNATURE = 64;

  /** An odd size, so that the proof has hashes on both sides and of a ragged edge. */
  private static final int ENTRIES = 1_234;

  @TempDir private Path folder;
  private final TransparencyWorld world = TransparencyWorld.withEntries(ENTRIES);
  private Bytes fleetNote;
  private TlogProof proof;

  @BeforeEach
  void publish() throws Exception {
    fleetNote =
        world.publish(
            world.next(
                NOW, TransparencyWorld.listed(TransparencyWorld.fleet("blue"), FleetState.ACTIVE)));
    proof = world.proof(ENTRIES, ENTRIES + 1, world.cosigned(NOW));
  }

  private static void skip(String program) {
    System.out.println("SKIPPED: " + program + " is not installed here");
    Assumptions.abort(program);
  }

  /** What a program says, after {@code exit N: }. */
  private String run(Path place, Optional<String> input, List<String> command)
      throws IOException, InterruptedException {
    Path in = folder.resolve("in");
    Path out = folder.resolve("out");
    Files.writeString(in, input.orElse(""));
    Process process =
        new ProcessBuilder(command)
            .directory(place.toFile())
            .redirectInput(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it ends");
    return "exit " + process.exitValue() + ": " + Files.readString(out).strip();
  }

  private String run(String... command) throws InterruptedException {
    try {
      return run(folder, Optional.empty(), List.of(command));
    } catch (IOException e) {
      skip(command[0]);
      return "";
    }
  }

  /**
   * torchwood's verifier of files with proofs. Debian's 0.9.0 reads them without the first line.
   */
  @Test
  void spicyAcceptsTheProofOfABundleAndNoOther() throws Exception {
    VerifierKey log = world.log.verifier();
    String text = Utf8.decode(proof.encode(), "proof");
    String withoutHeader = text.substring(text.indexOf('\n') + 1);
    assertEquals("exit 0", spicy(log, fleetNote, withoutHeader));

    byte[] altered = fleetNote.toByteArray();
    altered[altered.length / 2] ^= 1;
    assertEquals("exit 1", spicy(log, Bytes.wrap(altered), withoutHeader), "another bundle");
    assertEquals(
        "exit 1",
        spicy(log, fleetNote, withoutHeader.replace("index " + ENTRIES, "index 7")),
        "another place");
    String hash = withoutHeader.split("\n")[1];
    assertEquals(
        "exit 1", spicy(log, fleetNote, withoutHeader.replace(hash + "\n", "")), "a hash too few");
    assertEquals(
        "exit 1",
        spicy(world.notary.verifier(), fleetNote, withoutHeader),
        "the log of another key");
  }

  private String spicy(VerifierKey log, Bytes file, String text) throws Exception {
    Files.write(folder.resolve("fleet.note"), file.toByteArray());
    Files.writeString(folder.resolve("fleet.note.spicy"), text);
    return run("spicy-torchwood", "-verify", log.text(), "fleet.note").split(":")[0];
  }

  /** The verifier that npm itself uses for packages' provenance. */
  @Test
  void sigstoreAcceptsCheckpointAndProofAndNoOther() throws Exception {
    Optional<List<String>> command =
        NpmFolder.install("sigstore", "checkpoint.mjs", "@sigstore/verify");
    Assumptions.assumeTrue(command.isPresent(), "npm, or the package, is not to be had");
    String checkpoint = proof.checkpoint().toText();
    Checkpoint head = Checkpoint.parse(proof.checkpoint().unverifiedText());
    assertEquals(
        "exit 0: holds " + head.size() + " " + head.root().hex(),
        sigstore(command.get(), checkpoint, proof.index(), fleetNote));

    String refused = "exit 0: refused: ";
    assertEquals(
        refused + "invalid checkpoint signature",
        sigstore(
            command.get(), checkpoint.replace("\n1235\n", "\n1236\n"), proof.index(), fleetNote),
        "another size under the same signature");
    assertEquals(
        refused + "calculated root hash does not match inclusion proof",
        sigstore(command.get(), checkpoint, proof.index(), world.leaves().get(0)),
        "another leaf");
    assertEquals(
        refused + "invalid index: 1235",
        sigstore(command.get(), checkpoint, ENTRIES + 1, fleetNote));
  }

  private String sigstore(List<String> command, String checkpoint, long index, Bytes leaf)
      throws Exception {
    VerifierKey log = world.log.verifier();
    String hashes =
        proof.hashes().stream()
            .map(hash -> "\"" + hash.hex() + "\"")
            .collect(Collectors.joining(",", "[", "]"));
    String question =
        "{\"publicKey\":\"%s\",\"keyId\":\"%s\",\"origin\":\"%s\",\"leaf\":\"%s\",\"index\":\"%d\","
                .formatted(
                    log.publicKey().hex(), log.id(), TransparencyWorld.ORIGIN, leaf.hex(), index)
            + "\"hashes\":%s,\"checkpoint\":\"%s\"}"
                .formatted(hashes, checkpoint.replace("\n", "\\n"));
    return run(NpmFolder.place("sigstore"), Optional.of(question), command);
  }

  /** The two signatures of a bundle, taken apart by hand as docs/transparency.md tells. */
  @Test
  void opensslVerifiesNotaryAndOperator() throws Exception {
    Note outer = Note.parse(fleetNote);
    Note inner = Note.parse(outer.unverifiedText());
    assertTrue(openssl(world.operator.verifier(), outer).startsWith("exit 0"));
    assertTrue(openssl(world.notary.verifier(), inner).startsWith("exit 0"));
    assertTrue(openssl(world.operator.verifier(), inner).startsWith("exit 1"), "roles swapped");
    Note altered =
        Note.of(inner.unverifiedText().replace("epoch 1235", "epoch 1236"), inner.signatures());
    assertTrue(openssl(world.notary.verifier(), altered).startsWith("exit 1"), "altered");
  }

  private String openssl(VerifierKey key, Note note) throws Exception {
    Bytes spki = Bytes.fromHex("302a300506032b6570032100").concat(key.publicKey());
    Bytes payload = note.signatures().get(0).payload();
    assertEquals(ED25519_SIGNATURE, payload.size());
    Files.write(folder.resolve("key.der"), spki.toByteArray());
    Files.write(folder.resolve("signature"), payload.toByteArray());
    Files.writeString(folder.resolve("text"), note.unverifiedText());
    return run(
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-keyform",
        "DER",
        "-inkey",
        "key.der",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "signature");
  }
}
