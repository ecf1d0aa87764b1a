package dev.coffer.backup.object;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.ObjectStore;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Objects as the store holds them: gzip inside age, named by a MAC of the plaintext. Thread-safe.
 */
public final class SealedObjects {
  private final ObjectStore store;
  private final BackupKey key;

  public SealedObjects(ObjectStore store, BackupKey key) {
    this.store = store;
    this.key = key;
  }

  public ObjectStore store() {
    return store;
  }

  /**
   * The MAC that names {@code content[0, size)} as a {@code kind}: HMAC-SHA256 of the tuple (label,
   * kind, content).
   */
  public Bytes mac(ObjectKind kind, byte[] content, int size) {
    byte[] octets;
    try (SecretBytes nameKey = key.nameKey()) {
      octets = nameKey.copy();
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(octets, "HmacSHA256"));
      mac.update(Label.BACKUP_NAME.tuple().field(kind.text()).toByteArray());
      mac.update(ByteBuffer.allocate(4).putInt(size).array());
      mac.update(content, 0, size);
      return Bytes.wrap(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime lacks HmacSHA256", e);
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  /** Compresses, pads, encrypts and stores; the stored size in octets. */
  public int write(String path, byte[] content, int size) throws BackupException {
    byte[] object = AgeFile.seal(key, Compression.pack(content, size));
    store.put(path, object);
    return object.length;
  }

  /** Hands every data object that is not obviously a fragment to {@code sink}. */
  public void listData(Consumer<DataName> sink) throws BackupException {
    store.list(
        DataName.PREFIX,
        object -> {
          if (object.size() >= BackupLimits.OBJECT_MIN) {
            DataName.ofPath(object.name()).ifPresent(sink);
          }
        });
  }

  /** The verified plaintext of a data object. */
  public byte[] readData(DataName name) throws BackupException, DamagedObject {
    byte[] content = open(name.path(), BackupLimits.OBJECT_PLAIN_MAX);
    if (!name.hasMac(mac(ObjectKind.DATA, content, content.length))) {
      throw new DamagedObject(name.path(), "holds something else than its name says");
    }
    return content;
  }

  /**
   * The verified plaintext of an object of another kind, whose name carries {@code mac} in
   * hexadecimal.
   */
  public byte[] read(ObjectKind kind, String path, String mac)
      throws BackupException, DamagedObject {
    byte[] content = open(path, BackupLimits.OBJECT_PLAIN_MAX);
    if (!mac(kind, content, content.length).hex().equals(mac)) {
      throw new DamagedObject(path, "holds something else than its name says");
    }
    return content;
  }

  private byte[] open(String path, int sizeMax) throws BackupException, DamagedObject {
    Optional<byte[]> object;
    try {
      object = store.get(path, BackupLimits.OBJECT_MAX);
    } catch (BackupException e) {
      if (e.reason() == Reason.OBJECT_FAULT) {
        throw DamagedObject.unopened(path, "is too large, or no file");
      }
      throw e;
    }
    if (object.isEmpty()) {
      throw DamagedObject.unopened(path, "is missing");
    }
    try {
      return Compression.unpack(AgeFile.open(key, object.get()), sizeMax);
    } catch (AgeFile.Unopened e) {
      throw DamagedObject.unopened(path, "is damaged");
    } catch (IOException e) {
      throw new DamagedObject(path, "is damaged");
    }
  }
}
