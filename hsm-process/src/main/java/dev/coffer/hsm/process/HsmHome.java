package dev.coffer.hsm.process;

import dev.coffer.files.AtomicFile;
import dev.coffer.files.FolderLock;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;

/**
 * An HSM's folder on its host's disk: what a {@link Sealer} has sealed lies in it. One process at a
 * time holds it, since two on one memory would state two things for one k. Not thread-safe, but for
 * the sealed state, which the core serialises.
 */
public final class HsmHome implements AutoCloseable {
  /** The folder of the non-volatile memory. */
  public static final String MEMORY = "nvram";

  /** The core's static state, sealed. */
  public static final String STATE = "state.sealed";

  /** A file of any content that makes an HSM on hardware say SIMULATED. */
  public static final String DEVELOPMENT = "development";

  private static final String MEMORY_KEY = "memory-key.sealed";
  private static final String LOCK = "lock";

  /** How long an HSM whose node was killed may take to end, before the next one gives up. */
  private static final Duration GOING = Duration.ofSeconds(10);

  private static final int KEY = 32;
  private static final Bytes STATE_AAD = Label.SEALED_STATE.tuple().toBytes();
  private static final Bytes MEMORY_KEY_AAD =
      Label.SEALED_STATE.tuple().field("memory key").toBytes();

  private final Path folder;
  private final FolderLock lock;

  /** Another process, or another part of this one, holds the home. */
  public static final class InUse extends IOException {
    private static final long serialVersionUID = 1L;

    private InUse() {
      super("this home is in use by another HSM process: stop that one first");
    }
  }

  /** Opens, and makes on first use, the home {@code folder}. */
  public HsmHome(Path folder) throws IOException {
    AtomicFile.privateFolder(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    this.folder = folder;
    this.lock = FolderLock.take(folder.resolve(LOCK), GOING).orElseThrow(InUse::new);
    AtomicFile.removeDrafts(folder);
    // What the life before replaced may be seen and not last yet: nothing may build on it.
    AtomicFile.force(folder);
  }

  /** Takes {@code home}, which must be there, until the lock is closed. */
  public static FolderLock lock(Path home) throws IOException {
    return FolderLock.take(home.resolve(LOCK)).orElseThrow(InUse::new);
  }

  /** A file in it. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * What an HSM in this home calls itself. It is SIMULATED where software stands in for the
   * hardware, and where {@link #DEVELOPMENT} lies in the home: then SIMULATED members may be
   * founded with it, and no app outside development talks to it. Counts at the founding, for good.
   */
  public String model(String name, boolean hardware) {
    return hardware && !Files.exists(file(DEVELOPMENT)) ? name : "SIMULATED " + name;
  }

  /** Whether it holds the state of an HSM. */
  public boolean hasState() {
    return Files.exists(file(STATE));
  }

  /** Whether anything of an HSM is in it that only the key it was sealed by opens. */
  public boolean hasKeys() {
    return hasState() || Files.exists(file(MEMORY_KEY)) || Files.exists(file(MEMORY));
  }

  /** Writes a file that its owner alone reads: after a crash old or new, never half. */
  public void replace(String name, byte[] content) throws IOException {
    AtomicFile.replace(file(name), content, AtomicFile.Access.OWNER);
  }

  /** The static state stored last, which the caller erases; empty on a new HSM. */
  public Optional<SecretBytes> load(Sealer sealer) {
    if (hasState()) {
      return Optional.of(open(STATE, "state", STATE_AAD, sealer));
    }
    // A new HSM in its place would be no member, and soon in the way of the lost one.
    if (hasMemory()) {
      throw new Nvram.Fault(
          "the sealed state is lost, and what this HSM remembers is not: put " + STATE + " back");
    }
    return Optional.empty();
  }

  private SecretBytes open(String name, String what, Bytes aad, Sealer sealer) {
    try {
      return sealer.open(aad, Bytes.wrap(Files.readAllBytes(file(name))));
    } catch (Rejected e) {
      throw new Nvram.Fault("the sealed " + what + " does not open with " + sealer.whoseKey(), e);
    } catch (IOException e) {
      throw new Nvram.Fault("the sealed " + what + " cannot be read" + reason(e), e);
    }
  }

  private boolean hasMemory() {
    try {
      return !SlotMemory.partitions(file(MEMORY)).isEmpty();
    } catch (IOException e) {
      throw new Nvram.Fault("read", e);
    }
  }

  /** Our own sentences say what to do; others' hold paths. */
  private static String reason(IOException e) {
    return e.getClass().getName().startsWith("dev.coffer.") ? ": " + e.getMessage() : "";
  }

  /** Seals and stores the static state: atomic, durable. */
  public void store(Sealer sealer, SecretBytes state) {
    try {
      replace(STATE, sealer.seal(STATE_AAD, state).toByteArray());
    } catch (IOException e) {
      throw new Nvram.Fault("the sealed state cannot be written" + reason(e), e);
    }
  }

  /** The key that the memory is under, made on the first start of a new HSM; the caller's. */
  public SecretBytes memoryKey(Sealer sealer, Randomness randomness) {
    if (!Files.exists(file(MEMORY_KEY))) {
      // A fresh key would open nothing, and be in the way of the lost one when that is put back.
      if (hasState() || Files.exists(file(MEMORY))) {
        throw new Nvram.Fault(
            "its key is lost, and what it protects is not: put " + MEMORY_KEY + " back");
      }
      try (SecretBytes fresh = SecretBytes.random(randomness, KEY)) {
        replace(MEMORY_KEY, sealer.seal(MEMORY_KEY_AAD, fresh).toByteArray());
      } catch (IOException e) {
        throw new Nvram.Fault("its key cannot be written" + reason(e), e);
      }
    }
    return open(MEMORY_KEY, "key of the memory", MEMORY_KEY_AAD, sealer);
  }

  /** Lets another process have the home. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
