package dev.coffer.verification.torture;

import dev.coffer.hsm.tpm.harness.Swtpm;
import dev.coffer.pkcs11.harness.SoftHsm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the HSMs of five sites keep their keys with: sites 1 and 2 with a PKCS#11 token, sites 3 and
 * 4 with a TPM, the last with plain files; all with plain files where there is no SoftHSM2 or
 * swtpm. Everything lies on the site's own disk.
 */
final class SiteHardware implements AutoCloseable {
  private static final String PIN = "1234";

  private final NodeHomes homes;
  private final Path plain;
  private final List<Swtpm> chips = new ArrayList<>();
  private final boolean mixed;

  /**
   * @param plain the program of an HSM on plain files, in the image with the others
   */
  SiteHardware(NodeHomes homes, Path plain) {
    this.homes = homes;
    this.plain = plain;
    this.mixed = SoftHsm.here() && Swtpm.here();
  }

  /** What the plan calls that site's HSM. */
  String port(int site) {
    return !mixed || site > 4 ? "plain" : site > 2 ? "tpm" : "token";
  }

  /** The program of that site's HSM. */
  Path program(int site) {
    return switch (port(site)) {
      case "token" -> plain.resolveSibling("coffer-hsm-pkcs11");
      case "tpm" -> plain.resolveSibling("coffer-hsm-tpm");
      default -> plain;
    };
  }

  /** Puts what that port needs into the folder of the site's HSM, before anything starts. */
  void prepare(int site, Path hsm) throws IOException, InterruptedException {
    Path disk = homes.node(site);
    if (port(site).equals("token")) {
      SoftHsm tokens = new SoftHsm(disk.resolve("token"));
      tokens.insert("member");
      Files.write(
          Files.createDirectories(hsm).resolve("token.settings"),
          List.of(
              "library = " + SoftHsm.LIBRARY,
              "token = member",
              "environment = SOFTHSM2_CONF=" + tokens.conf(),
              "pin-file = " + tokens.pin("pin", PIN)));
    } else if (port(site).equals("tpm")) {
      Swtpm chip = new Swtpm(disk.resolve("tpm"));
      chips.add(chip);
      chip.start();
      Files.write(
          Files.createDirectories(hsm).resolve("tpm.settings"),
          List.of("tpm = " + chip.place(), "anchor-every = 64"));
    }
  }

  @Override
  public void close() {
    for (Swtpm chip : chips) {
      try {
        chip.close();
      } catch (IOException e) {
        System.err.println("a TPM's emulator goes on running: " + e.getMessage());
      }
    }
  }
}
