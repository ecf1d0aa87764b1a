package dev.coffer.verification.fuzz;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.SealedMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One HSM whose every word is compared with what it may say: nothing before it has heard another
 * since its start (INV-7), nothing that is not durable (INV-4), never two things of one k (INV-2),
 * no reply without a certificate of this fleet (INV-5).
 */
final class WatchedHsm implements HsmPort {
  private static final Doors.Door DECODE =
      Doors.door("hsm.chain.ChainState", "decode", Bytes.class, FleetId.class, int.class);
  private static final Doors.Door AT = Doors.door("hsm.chain.ChainState", "at", long.class);

  private final MemoryPlatform platform;
  private final Fleet fleet;
  private final Map<Long, ChainValues> stated = new HashMap<>();
  private HsmCore core;
  private boolean mayHaveHeard;

  /** Starts the HSM that {@code platform} holds. */
  WatchedHsm(MemoryPlatform platform, Fleet fleet) {
    this.platform = platform;
    this.fleet = fleet;
    this.core = new HsmCore(platform);
  }

  HsmCore core() {
    return core;
  }

  void restart() {
    core = new HsmCore(platform);
    mayHaveHeard = false;
  }

  /** Real statuses over its newest nonce follow. */
  void mayHear() {
    mayHaveHeard = true;
  }

  private static void demand(boolean holds, String promise) {
    if (!holds) {
      throw new AssertionError(promise);
    }
  }

  private Statement spoken(Statement statement) throws Rejected {
    demand(mayHaveHeard, "INV-7: a statement by an HSM that has heard nobody since its start");
    ChainValues values = statement.values();
    ChainValues before = stated.putIfAbsent(values.k(), values);
    demand(before == null || before.equals(values), "INV-2: two statements of one k");
    demand(durable(values), "INV-4: a statement of what is not durable");
    return statement;
  }

  private boolean durable(ChainValues values) {
    try {
      Bytes image = platform.nvram().read(values.partition()).orElseThrow();
      Object ring = DECODE.call(null, image, fleet.id(), values.partition());
      return AT.call(ring, values.k()).equals(Optional.of(values));
    } catch (Exception e) {
      throw new AssertionError("the memory is no image", e);
    }
  }

  @Override
  public Admission admit(SealedMessage message) throws Rejected {
    return core.admit(message);
  }

  @Override
  public Capture capture(
      int partition, long k, Bytes entry, List<Optional<Bytes>> records, Bytes multiproof)
      throws Rejected {
    Capture capture = core.capture(partition, k, entry, records, multiproof);
    demand(durable(capture.values()), "INV-4: captured, not durable");
    if (capture.statement().isPresent()) {
      spoken(capture.statement().get());
    }
    return capture;
  }

  @Override
  public Statement restate(int partition, long k) throws Rejected {
    return spoken(core.restate(partition, k));
  }

  @Override
  public List<PositionedReply> release(Certificate certificate, List<Integer> positions)
      throws Rejected {
    List<PositionedReply> replies = core.release(certificate, positions);
    demand(mayHaveHeard, "INV-7: a release by an HSM that has heard nobody since its start");
    certificate.verify(fleet);
    demand(durable(certificate.values()), "INV-5: released what it has not captured");
    return replies;
  }

  @Override
  public void adopt(Certificate certificate, List<Bytes> entryHashes) throws Rejected {
    core.adopt(certificate, entryHashes);
    certificate.verify(fleet);
    demand(durable(certificate.values()), "INV-7: adopted, not durable");
  }

  @Override
  public Bytes challenge(int partition) throws Rejected {
    return core.challenge(partition);
  }

  @Override
  public SignedStatus status(int partition, Bytes nonce) throws Rejected {
    return core.status(partition, nonce);
  }

  @Override
  public Bytes attest(Bytes nonce) throws Rejected {
    return core.attest(nonce);
  }

  @Override
  public boolean hear(int partition, List<SignedStatus> statuses) throws Rejected {
    boolean speaks = core.hear(partition, statuses);
    demand(!speaks || mayHaveHeard, "INV-7: it speaks without having heard anybody");
    return speaks;
  }

  @Override
  public Position position(int partition) throws Rejected {
    return core.position(partition);
  }
}
