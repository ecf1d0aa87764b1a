package dev.coffer.backup;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.Optional;

/**
 * Objects as the store holds them: gzip inside age, named by a MAC of the plaintext. Thread-safe.
 */
final class SealedObjects {
  private final ObjectStore store;
  private final BackupKey key;

  SealedObjects(ObjectStore store, BackupKey key) {
    this.store = store;
    this.key = key;
  }

  ObjectStore store() {
    return store;
  }

  /** The MAC that names {@code content[0, size)} as a {@code kind}. */
  Bytes mac(ObjectKind kind, byte[] content, int size) {
    return key.name(kind, content, 0, size);
  }

  /** Compresses, pads, encrypts and stores; the stored size in octets. */
  int write(String path, byte[] content, int size) throws BackupException {
    byte[] object = AgeFile.seal(key, Compression.pack(content, size));
    store.put(path, object);
    return object.length;
  }

  /** The verified plaintext of a data object. */
  byte[] readData(DataName name) throws BackupException, DamagedObject {
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
  byte[] read(ObjectKind kind, String path, String mac) throws BackupException, DamagedObject {
    byte[] content = open(path, BackupLimits.OBJECT_PLAIN_MAX);
    if (!mac(kind, content, content.length).hex().equals(mac)) {
      throw new DamagedObject(path, "holds something else than its name says");
    }
    return content;
  }

  private byte[] open(String path, int sizeMax) throws BackupException, DamagedObject {
    Optional<byte[]> object = store.get(path, BackupLimits.OBJECT_MAX);
    if (object.isEmpty()) {
      throw new DamagedObject(path, "is missing");
    }
    try {
      return Compression.unpack(AgeFile.open(key, object.get()), sizeMax);
    } catch (IOException e) {
      throw new DamagedObject(path, "is damaged");
    }
  }
}
