package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.Participant;
import dev.coffer.files.AtomicFile;
import dev.coffer.files.ChildEnvironment;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Verifies signatures with the system's {@code ssh-keygen -Y verify}. That says nothing of whether
 * somebody touched a security key, so it is looked at here.
 */
public final class SshKeygen implements Signatures {
  private static final int SECONDS_MAX = 30;

  private final String program;

  /**
   * @param program a path, or the name of one on the PATH
   */
  public SshKeygen(String program) {
    this.program = program;
  }

  @Override
  public Optional<String> objection(Participant participant, Bytes text, Bytes signature)
      throws IOException {
    Path folder = Files.createTempDirectory("coffer-ceremony");
    Path signers = folder.resolve("allowed-signers");
    Path signed = folder.resolve("signature");
    try {
      String line =
          participant.name() + " namespaces=\"" + NAMESPACE + "\" " + participant.key() + "\n";
      byte[] allowed = line.getBytes(StandardCharsets.US_ASCII);
      AtomicFile.replace(signers, allowed, AtomicFile.Access.OWNER);
      AtomicFile.replace(signed, signature.toByteArray(), AtomicFile.Access.OWNER);
      if (!holds(participant, signers, signed, text)) {
        return Optional.of(
            Signatures.file(participant)
                + " is no signature of "
                + participant.name()
                + " over "
                + TRANSCRIPT
                + " in the namespace "
                + NAMESPACE);
      }
      return Signatures.touched(signature)
          ? Optional.empty()
          : Optional.of(
              Signatures.file(participant)
                  + " was made by a security key that nobody touched, or in a form that does not"
                  + " say so");
    } finally {
      Files.deleteIfExists(signers);
      Files.deleteIfExists(signed);
      Files.deleteIfExists(folder);
    }
  }

  private boolean holds(Participant participant, Path signers, Path signed, Bytes text)
      throws IOException {
    List<String> command =
        List.of(
            program,
            "-Y",
            "verify",
            "-f",
            signers.toString(),
            "-I",
            participant.name(),
            "-n",
            NAMESPACE,
            "-s",
            signed.toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    ChildEnvironment.clean(builder.environment());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException(
          "There is no " + program + " here, which verifies signatures: install openssh-client.",
          e);
    }
    try (OutputStream in = process.getOutputStream()) {
      in.write(text.toByteArray());
    } catch (IOException e) {
      // It has refused without reading to the end: its status says so.
    }
    try {
      if (process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      throw new IOException(program + " does not end: verify the signatures again.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a signature was verified", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
