package dev.coffer.hsm.simulated;

import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.platform.Platform;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;

/**
 * SIMULATED: an HSM's home on a file system. It keeps the protocol, not the hardware promise:
 * whoever reads or rolls back this folder reads or rolls back the HSM. One process at a time holds
 * it, since two on one memory would state two things for one k.
 */
public final class FilePlatform implements Platform, AutoCloseable {
  private static final Bytes AAD = Label.SEALED_STATE.tuple().toBytes();

  static final String STATE = "state.sealed";
  static final String KEY = "SIMULATED-sealing.key";
  static final String MEMORY = "nvram";

  private final Path home;
  private final FileLock lock;
  private final Randomness randomness = Randomness.system();
  private final FileNvram nvram;

  /** Opens, and makes on first use, the home {@code home}. */
  public FilePlatform(Path home) throws IOException {
    Files.createDirectories(home);
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    this.home = home;
    this.lock = lock(home);
    // What the life before replaced may be seen and not last yet: nothing may build on it.
    syncHome();
    this.nvram = new FileNvram(home.resolve(MEMORY));
  }

  /** Another process, or another part of this one, holds the home. */
  public static final class InUse extends IOException {
    private static final long serialVersionUID = 1L;

    private InUse() {
      super("this home is in use by another HSM process: stop that one first");
    }
  }

  /** Takes {@code home}, which must be there, until the lock's channel is closed. */
  static FileLock lock(Path home) throws IOException {
    FileChannel file =
        FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // Falls through: held by this very process.
    }
    file.close();
    throw new InUse();
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
    Path file = home.resolve(STATE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (SecretBytes key = sealingKey()) {
      Bytes sealed = Bytes.wrap(Files.readAllBytes(file));
      if (sealed.size() < Aead.NONCE) {
        throw new Nvram.Fault("the sealed state is cut short");
      }
      return Optional.of(
          Aead.open(
              key,
              sealed.slice(0, Aead.NONCE),
              AAD.toByteArray(),
              sealed.slice(Aead.NONCE, sealed.size())));
    } catch (Rejected e) {
      throw new Nvram.Fault("the sealed state does not open with this home's key", e);
    } catch (IOException e) {
      throw new Nvram.Fault("the sealed state cannot be read", e);
    }
  }

  @Override
  public void store(SecretBytes state) {
    byte[] plaintext = state.copy();
    try (SecretBytes key = sealingKey()) {
      Bytes nonce = randomness.bytes(Aead.NONCE);
      Bytes sealed = nonce.concat(Aead.seal(key, nonce, AAD.toByteArray(), plaintext));
      replace(home.resolve(STATE), sealed.toByteArray());
    } catch (IOException e) {
      throw new Nvram.Fault("the sealed state cannot be written", e);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /** The development stand-in for a key that a token or TPM would keep. */
  private SecretBytes sealingKey() throws IOException {
    Path file = home.resolve(KEY);
    if (!Files.exists(file)) {
      // A fresh key would open nothing, and be in the way of the lost one when that is put back.
      if (Files.exists(home.resolve(STATE))) {
        throw new Nvram.Fault(
            "the sealing key is lost, and the sealed state is not: put " + KEY + " back");
      }
      byte[] key = new byte[32];
      randomness.fill(key);
      replace(file, key);
    }
    return SecretBytes.wrap(Files.readAllBytes(file));
  }

  /** Writes beside, syncs, renames, syncs the folder: the file is old or new, never half. */
  private void replace(Path file, byte[] octets) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    Files.createFile(
        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(octets);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    syncHome();
  }

  private void syncHome() throws IOException {
    try (FileChannel folder = FileChannel.open(home, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /** Lets another process have the home. */
  @Override
  public void close() throws IOException {
    lock.release();
    lock.acquiredBy().close();
  }
}
