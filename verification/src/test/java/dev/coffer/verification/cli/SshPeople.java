package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The participants of a ceremony, person-1 and on, with keys in a folder; by ssh-keygen. */
final class SshPeople {
  private final Path folder;

  SshPeople(Path folder) {
    this.folder = folder;
  }

  private void ssh(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q"));
    command.addAll(List.of(arguments));
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertEquals(0, process.waitFor(), Files.readString(said));
  }

  /** Makes a key for person {@code i}, and returns the lines of settings that name both. */
  String settings(int i) throws IOException, InterruptedException {
    ssh("-t", "ed25519", "-N", "", "-f", folder.resolve("key-" + i).toString());
    String key = Files.readString(folder.resolve("key-" + i + ".pub")).strip();
    return "participant.%d.name = person-%d\nparticipant.%d.key = %s\n".formatted(i, i, i, key);
  }

  /** Person {@code i} signs with a key from before the plan. */
  void signWithAnOldKey(Path stick, int i) throws IOException, InterruptedException {
    String old = folder.resolve("old-" + i).toString();
    ssh("-t", "ed25519", "-N", "", "-f", old);
    Path transcript = stick.resolve("transcript.txt");
    ssh("-Y", "sign", "-f", old, "-n", "coffer-ceremony", transcript.toString());
    Files.move(
        stick.resolve("transcript.txt.sig"), stick.resolve("signature-person-" + i + ".sig"));
  }

  /**
   * Persons 1 to {@code count} sign the transcript on the stick, if it is there and they did not.
   */
  void sign(Path stick, int count) throws IOException, InterruptedException {
    Path transcript = stick.resolve("transcript.txt");
    for (int i = 1; i <= count && Files.exists(transcript); i++) {
      Path signature = stick.resolve("signature-person-" + i + ".sig");
      if (!Files.exists(signature)) {
        String key = folder.resolve("key-" + i).toString();
        ssh("-Y", "sign", "-f", key, "-n", "coffer-ceremony", transcript.toString());
        Files.move(stick.resolve("transcript.txt.sig"), signature);
      }
    }
  }
}
