package dev.coffer.cli.vault;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Logins from a program of the user's or the app's: {@code PROGRAM FLEET ACCOUNT DEVICE-KEY}, and
 * {@code fresh} behind it once a login was refused as expired. Fleet id and device key are
 * hexadecimal. It prints three lines and ends with status 0: the issuer's Ed25519 key, the tenant
 * root's signature over it (both hexadecimal) and the JWT; see PROTOCOL.md. What it says on its
 * standard error stream goes to the user.
 */
public record LoginCommand(Path program, String tenant, String account) implements LoginSource {
  private static final int OUTPUT_MAX = 8 << 10;
  private static final int LINES = 3;

  @Override
  public LoginToken token(FleetId fleetId, Bytes deviceKey, boolean fresh) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(program.toString(), fleetId.value().hex(), account, deviceKey.hex()));
    if (fresh) {
      words.add("fresh");
    }
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      process.getOutputStream().close();
      try (InputStream out = process.getInputStream()) {
        LoginToken token = parse(new String(out.readNBytes(OUTPUT_MAX), StandardCharsets.US_ASCII));
        if (process.waitFor() == 0) {
          return token;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroy();
    }
    throw new IOException("the login program gives no login");
  }

  private static LoginToken parse(String output) throws IOException {
    List<String> lines = output.lines().map(String::strip).toList();
    try {
      if (lines.size() == LINES) {
        Bytes issuer = Bytes.fromHex(lines.get(0));
        Bytes signature = Bytes.fromHex(lines.get(1));
        if (issuer.size() == Limits.DIGEST
            && signature.size() == Limits.SIGNATURE
            && lines.get(2).length() <= Limits.TOKEN_MAX) {
          return new LoginToken(issuer, signature, lines.get(2));
        }
      }
    } catch (IllegalArgumentException e) {
      // No hexadecimal: as below. Neither message quotes what was printed.
    }
    throw new IOException("the login program does not print issuer key, signature and JWT");
  }

  @Override
  public void close() {}
}
