package dev.coffer.analysis.world;

import dev.coffer.hsm.harness.MemoryNvram;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
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
  /** How long a call is on its way there, and its answer on its way back, at most. */
  private static final int MICROS_QUICK = 200;

  private static final int MICROS_SLOW = 1_500;

  private interface Call<T> {
    T on(HsmPort hsm) throws Rejected;
  }

  private final TestHost host;
  private final World world;
  private final List<Map<Integer, Bytes>> old = new ArrayList<>();
  private boolean up = true;
  private long upAt;
  private long deaths;

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
    down(forMicros);
  }

  private void down(long forMicros) {
    up = false;
    upAt = world.loop().now() + forMicros;
    deaths++;
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
      down(0);
      world.untrusted(index());
      world.diary().fault("HSM memory rolled back");
    }
  }

  private static HsmUnavailable away() {
    return new HsmUnavailable("simulated");
  }

  private <T> T ask(Call<T> call) throws Rejected {
    if (!up) {
      throw away();
    }
    try {
      return call.on(host.hsm());
    } catch (Nvram.Fault e) {
      crash(world.chance().below(200_000));
      throw away();
    }
  }

  /** On its way to the process: much may happen before it is there. */
  private void there(int micros) {
    if (up) {
      world.host(index()).life().elsewhere(micros);
    }
  }

  /** On its way back: lost if the process ends. */
  private <T> T back(int micros, T answer) {
    long before = deaths;
    world.host(index()).life().elsewhere(micros);
    if (deaths != before) {
      world.diary().done("answers of an HSM lost");
      throw away();
    }
    return answer;
  }

  @Override
  public Admission admit(SealedMessage message) throws Rejected {
    there(MICROS_QUICK);
    Admission admission = ask(hsm -> hsm.admit(message));
    world.ledger().admitted(message.sealed(), admission);
    world.ledger().named(admission);
    world.attackers().saw(new Attackers.Admitted(admission, index(), message.type()));
    return back(MICROS_QUICK, admission);
  }

  @Override
  public Capture capture(
      int partition, long k, Bytes entry, List<Optional<Bytes>> records, Bytes multiproof)
      throws Rejected {
    there(MICROS_SLOW);
    ChainValues before = position(partition).values();
    Capture capture = ask(hsm -> hsm.capture(partition, k, entry, records, multiproof));
    world.ledger().captured(index(), k, entry, capture, image());
    world.attackers().saw(entry);
    if (before.k() + 1 == k) {
      world.attackers().saw(new Attackers.Old(before.root(), records, multiproof));
    }
    position(partition);
    return back(MICROS_SLOW, capture);
  }

  @Override
  public Statement restate(int partition, long k) throws Rejected {
    there(MICROS_QUICK);
    Statement statement = ask(hsm -> hsm.restate(partition, k));
    world.ledger().stated(index(), statement, image());
    return back(MICROS_QUICK, statement);
  }

  @Override
  public List<PositionedReply> release(Certificate certificate, List<Integer> positions)
      throws Rejected {
    there(MICROS_SLOW);
    List<PositionedReply> replies = ask(hsm -> hsm.release(certificate, positions));
    world.ledger().released(index(), certificate, replies);
    return back(MICROS_SLOW, world.traitors().replies(index(), certificate, replies));
  }

  @Override
  public void adopt(Certificate certificate, List<Bytes> entryHashes) throws Rejected {
    there(MICROS_QUICK);
    Bytes unused =
        ask(hsm -> {
          hsm.adopt(certificate, entryHashes);
          return Bytes.EMPTY;
        });
    world.ledger().believed(certificate);
    back(MICROS_QUICK, position(certificate.values().partition()));
  }

  @Override
  public Bytes challenge(int partition) throws Rejected {
    return ask(hsm -> hsm.challenge(partition));
  }

  @Override
  public SignedStatus status(int partition, Bytes nonce) throws Rejected {
    there(MICROS_QUICK);
    return back(MICROS_QUICK, ask(hsm -> hsm.status(partition, nonce)));
  }

  @Override
  public Bytes attest(Bytes nonce) throws Rejected {
    return ask(hsm -> hsm.attest(nonce));
  }

  @Override
  public boolean hear(int partition, List<SignedStatus> statuses) throws Rejected {
    there(MICROS_QUICK);
    return back(MICROS_QUICK, ask(hsm -> hsm.hear(partition, statuses)));
  }

  @Override
  public Position position(int partition) throws Rejected {
    Position position = ask(hsm -> hsm.position(partition));
    world.ledger().position(index(), position);
    return position;
  }
}
