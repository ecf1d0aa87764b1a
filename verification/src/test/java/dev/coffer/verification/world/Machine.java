package dev.coffer.verification.world;

import dev.coffer.hsm.harness.MemoryNvram;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.SealedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One HSM: real code on a machine that crashes, and whose memory is rolled back if corrupted. */
final class Machine implements HsmPort {
  /** The process is away. */
  static final class Away extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Away() {
      super("the HSM is away");
    }
  }

  private interface Call<T> {
    T on(HsmPort hsm) throws Rejected;
  }

  private final TestHost host;
  private final World world;
  private final List<Map<Integer, Bytes>> old = new ArrayList<>();
  private boolean up = true;
  private long upAt;

  Machine(TestHost host, World world) {
    this.host = host;
    this.world = world;
  }

  boolean up() {
    return up;
  }

  private int index() {
    return host.index();
  }

  private MemoryNvram nvram() {
    return host.platform().nvram();
  }

  private Bytes image() {
    return nvram().read(0).orElseThrow();
  }

  void crash(long forMicros) {
    if (up) {
      world.diary().fault("HSM killed");
    }
    up = false;
    upAt = world.loop().now() + forMicros;
  }

  /** The next write to its memory fails, or fails to say that it succeeded. */
  void failNextWrite(MemoryNvram.Failing how) {
    nvram().failAfter(0, how);
    world.diary().fault("HSM memory fails " + how);
  }

  /** Starts it if it is time to. */
  void tick() {
    if (up || world.loop().now() < upAt) {
      return;
    }
    try {
      host.restart();
      up = true;
      world.diary().note("HSM " + index() + " starts");
    } catch (Nvram.Fault e) {
      upAt = world.loop().now() + 50_000;
    }
  }

  /** Only for a corrupted one: keeps a copy of its memory, or puts an old one back. */
  void tamper() {
    if (old.isEmpty() || world.chance().oneIn(3)) {
      old.add(nvram().snapshot());
    } else {
      nvram().restore(world.chance().of(old));
      up = false;
      upAt = world.loop().now();
      world.rolledBack(index());
    }
  }

  private <T> T ask(Call<T> call) throws Rejected {
    if (!up) {
      throw new Away();
    }
    try {
      return call.on(host.hsm());
    } catch (Nvram.Fault e) {
      crash(world.chance().below(200_000));
      throw new Away();
    }
  }

  @Override
  public Admission admit(SealedMessage message) throws Rejected {
    Admission admission = ask(hsm -> hsm.admit(message));
    world.ledger().admitted(message.sealed(), admission);
    world.ledger().named(admission);
    return admission;
  }

  @Override
  public Capture capture(
      int partition, long k, Bytes entry, List<Optional<Bytes>> records, Bytes multiproof)
      throws Rejected {
    Capture capture = ask(hsm -> hsm.capture(partition, k, entry, records, multiproof));
    world.ledger().captured(index(), k, entry, capture, image());
    position(partition);
    return capture;
  }

  @Override
  public Statement restate(int partition, long k) throws Rejected {
    Statement statement = ask(hsm -> hsm.restate(partition, k));
    world.ledger().stated(index(), statement, image());
    return statement;
  }

  @Override
  public List<PositionedReply> release(Certificate certificate, List<Integer> positions)
      throws Rejected {
    List<PositionedReply> replies = ask(hsm -> hsm.release(certificate, positions));
    world.ledger().released(index(), certificate, replies);
    return replies;
  }

  @Override
  public void adopt(Certificate certificate, List<Bytes> entryHashes) throws Rejected {
    Void done =
        ask(hsm -> {
          hsm.adopt(certificate, entryHashes);
          return null;
        });
    world.ledger().believed(certificate);
    position(certificate.values().partition());
  }

  @Override
  public Bytes challenge(int partition) throws Rejected {
    return ask(hsm -> hsm.challenge(partition));
  }

  @Override
  public SignedStatus status(int partition, Bytes nonce) throws Rejected {
    return ask(hsm -> hsm.status(partition, nonce));
  }

  @Override
  public boolean hear(int partition, List<SignedStatus> statuses) throws Rejected {
    return ask(hsm -> hsm.hear(partition, statuses));
  }

  @Override
  public Position position(int partition) throws Rejected {
    Position position = ask(hsm -> hsm.position(partition));
    world.ledger().position(index(), position);
    return position;
  }
}
