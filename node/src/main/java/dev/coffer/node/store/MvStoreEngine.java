package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/** H2's MVStore. */
final class MvStoreEngine implements Engine {
  private final MVStore store;
  private final MVMap<Bytes, Bytes> map;

  static final class BytesType extends BasicDataType<Bytes> {
    @Override
    public int getMemory(Bytes value) {
      return 40 + value.size();
    }

    @Override
    public int compare(Bytes a, Bytes b) {
      return a.compareTo(b);
    }

    @Override
    public void write(WriteBuffer out, Bytes value) {
      out.putVarInt(value.size()).put(value.toByteArray());
    }

    @Override
    public Bytes read(ByteBuffer in) {
      byte[] octets = new byte[DataUtils.readVarInt(in)];
      in.get(octets);
      return Bytes.wrap(octets);
    }

    @Override
    public Bytes[] createStorage(int size) {
      return new Bytes[size];
    }
  }

  private MvStoreEngine(MVStore store) {
    this.store = store;
    map =
        store.openMap(
            "all",
            new MVMap.Builder<Bytes, Bytes>().keyType(new BytesType()).valueType(new BytesType()));
  }

  static MvStoreEngine open(Path directory, long cacheOctets) {
    try {
      Files.createDirectories(directory);
      MVStore store =
          new MVStore.Builder()
              .fileName(directory.resolve("store.mv").toString())
              .autoCommitDisabled()
              .cacheSize((int) Math.max(1, cacheOctets >> 20))
              .open();
      store.setRetentionTime(10_000);
      return new MvStoreEngine(store);
    } catch (IOException e) {
      throw new StoreUnavailable("open", e);
    } catch (MVStoreException e) {
      throw fault("open", e);
    }
  }

  private static StoreFault fault(String what, MVStoreException e) {
    return e.getErrorCode() == DataUtils.ERROR_FILE_CORRUPT
        ? new StoreCorrupt(what, e)
        : new StoreUnavailable(what, e);
  }

  @Override
  public Optional<Bytes> get(Bytes key) {
    try {
      return Optional.ofNullable(map.get(key));
    } catch (MVStoreException e) {
      throw fault("read", e);
    }
  }

  @Override
  public void commit(List<Write> writes) {
    try {
      for (Write write : writes) {
        if (write.value().isPresent()) {
          map.put(write.key(), write.value().get());
        } else {
          map.remove(write.key());
        }
      }
      store.commit();
      store.sync();
    } catch (MVStoreException e) {
      throw fault("write", e);
    }
  }

  @Override
  public void scan(Bytes prefix, Visitor visitor) {
    Cursor<Bytes, Bytes> cursor = map.cursor(prefix);
    while (cursor.hasNext()) {
      Bytes key = cursor.next();
      if (key.size() < prefix.size() || !key.slice(0, prefix.size()).equals(prefix)) {
        return;
      }
      visitor.visit(key, cursor.getValue());
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
