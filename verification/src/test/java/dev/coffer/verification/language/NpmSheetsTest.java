package dev.coffer.verification.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.KeySheet;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sheets of a key that an audited npm package joins, and shares of its that make sheets. */
@Tag("long")
class NpmSheetsTest {
  private static final Bytes KEY = Bytes.fromHex("00112233445566778899aabbccddeeff".repeat(2));

  private Process process;
  private BufferedWriter in;
  private BufferedReader out;

  @BeforeEach
  void start() throws Exception {
    Optional<List<String>> command =
        NpmFolder.install("sheets", "sheets.mjs", "shamir-secret-sharing");
    assumeTrue(command.isPresent(), "there is no node here, or no package");
    process =
        new ProcessBuilder(command.get())
            .directory(NpmFolder.place("sheets").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    in = process.outputWriter(StandardCharsets.US_ASCII);
    out = process.inputReader(StandardCharsets.US_ASCII);
  }

  @AfterEach
  void end() {
    if (process != null) {
      process.destroy();
    }
  }

  private String ask(String command) throws IOException {
    in.write(command);
    in.newLine();
    in.flush();
    String answer = out.readLine();
    if (answer == null) {
      throw new IOException("the npm program ended; its complaint stands above");
    }
    return answer;
  }

  private static BackupSecret key() {
    return BackupSecret.of(SecretBytes.copyOf(KEY));
  }

  /** The share of a sheet as the package has it: the values, and then the place. */
  private static String share(KeySheet sheet) {
    Bytes octets = Bytes.fromHex(String.valueOf(sheet.render()).replace(" ", ""));
    assertEquals(sheet.number(), octets.at(3));
    return octets.slice(4, octets.size()).concat(octets.slice(3, 4)).hex();
  }

  @Test
  void whatIsDividedHereIsJoinedThere() throws Exception {
    List<KeySheet> sheets = KeySheet.divide(key(), 5, 3, Randomness.system());
    for (int[] some : new int[][] {{0, 1, 2}, {4, 2, 0}, {1, 3, 4}, {0, 1, 2, 3, 4}}) {
      StringBuilder command = new StringBuilder("combine");
      for (int i : some) {
        command.append(' ').append(share(sheets.get(i)));
      }
      assertEquals(KEY.hex(), ask(command.toString()).substring(0, 64));
    }
  }

  @Test
  void whatIsDividedThereIsJoinedHere() throws Exception {
    Bytes seal = Hashes.sha256(Label.KEY_CHECKSUM.tuple().field(8).field(KEY)).slice(0, 4);
    List<KeySheet> sheets = new ArrayList<>();
    // The package takes places from 1 to 255 at random, sheets have 1 to 16: so many are made.
    for (int again = 0; sheets.size() < 3 && again < 100; again++) {
      sheets.clear();
      for (String text : ask("split " + KEY.concat(seal).hex() + " 60 3").split(" ")) {
        Bytes share = Bytes.fromHex(text);
        if ((share.at(36) & 0xff) <= KeySheet.SHEETS_MAX) {
          sheets.add(sheet(share));
        }
      }
    }
    try (BackupSecret joined = KeySheet.join(sheets)) {
      assertTrue(joined.sameAs(key()));
    }
  }

  private static KeySheet sheet(Bytes share) throws Exception {
    Bytes octets = Bytes.fromHex("abcd03").concat(share.slice(36, 37)).concat(share.slice(0, 36));
    StringBuilder text = new StringBuilder(octets.hex());
    for (int group = 0; group < octets.size() / 4; group++) {
      Bytes part = octets.slice(4 * group, 4 * group + 4);
      text.append(
          Hashes.sha256(Label.KEY_CHECKSUM.tuple().field(16 + group).field(part))
              .slice(0, 1)
              .hex());
    }
    return KeySheet.parse(text.toString().toCharArray());
  }
}
