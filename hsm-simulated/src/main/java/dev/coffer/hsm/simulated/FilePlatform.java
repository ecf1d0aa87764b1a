package dev.coffer.hsm.simulated;

import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.process.AeadSealer;
import dev.coffer.hsm.process.HomePlatform;
import dev.coffer.hsm.process.HsmHome;
import dev.coffer.hsm.process.Measurement;
import dev.coffer.hsm.process.Sealer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * SIMULATED: an HSM's home on a file system. It keeps the protocol, not the hardware promise:
 * whoever reads or rolls back this folder reads or rolls back the HSM.
 */
public final class FilePlatform implements HomePlatform {
  static final String KEY = "SIMULATED-sealing.key";

  private final HsmHome home;
  private final Randomness randomness = Randomness.system();
  private final Sealer sealer =
      new AeadSealer(this::sealingKey, randomness, "this home's key: put the right one back");
  private final FileNvram nvram;

  /** Opens, and makes on first use, the home {@code home}. */
  public FilePlatform(Path home) throws IOException {
    this.home = new HsmHome(home);
    this.nvram = new FileNvram(home.resolve(HsmHome.MEMORY));
  }

  @Override
  public String model() {
    return "SIMULATED software HSM";
  }

  @Override
  public Bytes measurement() {
    return Measurement.ofThisProgram();
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public Nvram nvram() {
    return nvram;
  }

  @Override
  public Optional<SecretBytes> load() {
    return home.load(sealer);
  }

  @Override
  public void store(SecretBytes state) {
    home.store(sealer, state);
  }

  /** The development stand-in for a key that a token or TPM would keep. */
  private SecretBytes sealingKey() throws IOException {
    Path file = home.file(KEY);
    if (!Files.exists(file)) {
      // A fresh key would open nothing, and be in the way of the lost one when that is put back.
      if (home.hasState()) {
        throw new Nvram.Fault(
            "the sealing key is lost, and the sealed state is not: put " + KEY + " back");
      }
      byte[] fresh = new byte[32];
      randomness.fill(fresh);
      home.replace(KEY, fresh);
    }
    return SecretBytes.wrap(Files.readAllBytes(file));
  }

  @Override
  public void close() throws IOException {
    home.close();
  }
}
