package dev.coffer.hsm.harness;

import dev.coffer.hsm.HsmCore;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The host of one HSM and one partition: its platform, its process, its store at every k. */
public final class TestHost {
  private final int index;
  private final MemoryPlatform platform;
  private final int partition;
  private final TreeMap<Long, RecordBook> books = new TreeMap<>(Map.of(0L, RecordBook.empty()));
  private final TreeMap<Long, Bytes> entries = new TreeMap<>();
  private Optional<HsmCore> hsm;
  private HsmPort port;

  TestHost(int index, MemoryPlatform platform, HsmCore hsm, int partition) {
    this.index = index;
    this.platform = platform;
    this.hsm = Optional.of(hsm);
    this.port = hsm;
    this.partition = partition;
  }

  /** The host of an HSM that runs elsewhere: {@link #platform} is then nobody's. */
  TestHost(int index, MemoryPlatform nobodys, HsmPort elsewhere, int partition) {
    this.index = index;
    this.platform = nobodys;
    this.hsm = Optional.empty();
    this.port = elsewhere;
    this.partition = partition;
  }

  /** The HSM's place in the fleet. */
  public int index() {
    return index;
  }

  /** The HSM that runs now, in this process. */
  public HsmCore hsm() {
    return hsm.orElseThrow();
  }

  /** The HSM wherever it runs. */
  public HsmPort port() {
    return port;
  }

  /** Its machine. */
  public MemoryPlatform platform() {
    return platform;
  }

  /** Kills the process and starts it anew; it is silent until it has heard others. */
  public HsmCore restart() {
    HsmCore core = new HsmCore(platform);
    hsm = Optional.of(core);
    port = core;
    return core;
  }

  /** What its memory says. */
  public HsmPort.Position position() throws Rejected {
    return port.position(partition);
  }

  /** The own newest k. */
  public long k() throws Rejected {
    return position().values().k();
  }

  /** The store after entry {@code k}. */
  public RecordBook book(long k) {
    return books.get(k);
  }

  /** The entry at {@code k}. */
  public Bytes entry(long k) {
    return entries.get(k);
  }

  /** H(entry) of the entries {@code from+1 … to}. */
  public List<Bytes> entryHashes(long from, long to) {
    return entries.subMap(from, false, to, true).values().stream()
        .map(ChainValues::entryHash)
        .toList();
  }

  /** Captures {@code entry} as number {@code k} on the store before it. */
  public HsmPort.Capture capture(long k, Bytes entry) throws Rejected {
    return capture(k, entry, books.get(k - 1));
  }

  /** Captures on another store, true or not. */
  public HsmPort.Capture capture(long k, Bytes entry, RecordBook before) throws Rejected {
    List<TreeKey> keys = keys(entry);
    HsmPort.Capture capture =
        port.capture(partition, k, entry, before.records(keys), before.proof(keys));
    books.put(k, before.with(keys.subList(0, capture.records().size()), capture.records()));
    entries.put(k, entry);
    return capture;
  }

  private static List<TreeKey> keys(Bytes entry) {
    try {
      return Entry.decode(entry).touched();
    } catch (Rejected e) {
      return List.of();
    }
  }

  /** Brings the store of {@code other} over and adopts. */
  public void adopt(Certificate certificate, TestHost other) throws Rejected {
    long k = certificate.values().k();
    port.adopt(certificate, other.entryHashes(k(), k));
    books.put(k, other.book(k));
    other.entries.forEach(entries::putIfAbsent);
  }

  /** Lets this HSM hear {@code others}; whether it speaks then. */
  public boolean hear(List<TestHost> others) throws Rejected {
    Bytes nonce = port.challenge(partition);
    boolean maySign = false;
    for (TestHost other : others) {
      maySign = port.hear(partition, List.of(other.port.status(partition, nonce)));
    }
    return maySign;
  }

  /** The statement of {@code k} if the HSM speaks. */
  public Optional<dev.coffer.protocol.chain.Statement> restate(long k) {
    try {
      return Optional.of(port.restate(partition, k));
    } catch (Rejected e) {
      return Optional.empty();
    }
  }
}
