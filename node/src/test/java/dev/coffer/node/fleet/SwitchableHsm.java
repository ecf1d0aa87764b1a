package dev.coffer.node.fleet;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.simulated.FilePlatform;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.FoundingPort;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.SealedMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The real core on a folder, whose process can die and start again. */
public final class SwitchableHsm implements HsmPort {
  private final Path home;
  private FilePlatform platform;
  private volatile HsmCore core;
  private volatile RuntimeException fault;
  private volatile boolean full;
  private final AtomicInteger missed = new AtomicInteger();
  private final AtomicInteger toHold = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();
  private final CountDownLatch gate = new CountDownLatch(1);

  public SwitchableHsm(Path home) {
    this.home = home;
    start();
  }

  /** A start after a kill: nothing but the folder is left. */
  public synchronized void start() {
    if (core == null) {
      try {
        platform = new FilePlatform(home);
        core = new HsmCore(platform);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A kill: every call fails until the next start. */
  public synchronized void kill() {
    if (core != null) {
      core = null;
      try {
        platform.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Its home is emptied, and it is started again: it is of no fleet then. */
  public synchronized void wipe() throws IOException {
    kill();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    start();
  }

  /** Whether it has no room: it answers, and captures nothing. */
  public void fill(boolean filled) {
    full = filled;
  }

  /** The next attestations of that number do not come before {@link #letGo}. */
  public void hold(int attestations) {
    toHold.set(attestations);
  }

  /** How many attestations are held now. */
  public int held() {
    return held.get();
  }

  /** What is held comes now. */
  public void letGo() {
    gate.countDown();
  }

  /** From now on every call meets a fault of this program. */
  public void breakWith(RuntimeException planted) {
    fault = planted;
  }

  public FoundingPort founding() {
    return core().founding();
  }

  private HsmCore core() {
    if (fault != null) {
      throw fault;
    }
    HsmCore current = core;
    if (current == null) {
      missed.incrementAndGet();
      throw new HsmUnavailable("it is not running");
    }
    return current;
  }

  /** How many calls found it away. */
  public int missed() {
    return missed.get();
  }

  /** A kill ends what is being written. */
  private static HsmUnavailable ended(Nvram.Fault fault) {
    return new HsmUnavailable("it ended: " + fault.getMessage());
  }

  @Override
  public Admission admit(SealedMessage message) throws Rejected {
    return core().admit(message);
  }

  @Override
  public Capture capture(
      int partition, long k, Bytes entry, List<Optional<Bytes>> records, Bytes multiproof)
      throws Rejected {
    if (full) {
      throw new HsmUnavailable("it is full");
    }
    try {
      return core().capture(partition, k, entry, records, multiproof);
    } catch (Nvram.Fault e) {
      throw ended(e);
    }
  }

  @Override
  public Statement restate(int partition, long k) throws Rejected {
    return core().restate(partition, k);
  }

  @Override
  public List<PositionedReply> release(Certificate certificate, List<Integer> positions)
      throws Rejected {
    return core().release(certificate, positions);
  }

  @Override
  public void adopt(Certificate certificate, List<Bytes> entryHashes) throws Rejected {
    try {
      core().adopt(certificate, entryHashes);
    } catch (Nvram.Fault e) {
      throw ended(e);
    }
  }

  @Override
  public Bytes challenge(int partition) throws Rejected {
    return core().challenge(partition);
  }

  @Override
  public SignedStatus status(int partition, Bytes nonce) throws Rejected {
    return core().status(partition, nonce);
  }

  @Override
  public Bytes attest(Bytes nonce) throws Rejected {
    if (toHold.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      held.incrementAndGet();
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HsmUnavailable("it was stopped");
      } finally {
        held.decrementAndGet();
      }
    }
    return core().attest(nonce);
  }

  @Override
  public boolean hear(int partition, List<SignedStatus> statuses) throws Rejected {
    return core().hear(partition, statuses);
  }

  @Override
  public Position position(int partition) throws Rejected {
    return core().position(partition);
  }
}
