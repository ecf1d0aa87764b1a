package dev.coffer.client.real;

import dev.coffer.client.port.VaultTransport;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.RequestType;
import dev.coffer.protocol.request.SealedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** An honest host in front of n real HSM cores: admit, order, capture on all, certify, release. */
final class CoreTransport implements VaultTransport {
  private final TestFleet vault;
  private Optional<Certificate> newest = Optional.empty();

  /** How many of the next answers get lost on their way back. */
  int losing;

  /** How many replies come back when all are wished for. */
  int replies = 7;

  /** Called with every message before the fleet sees it. */
  Consumer<SealedMessage> before = message -> {};

  /** What was ordered. */
  final List<RequestType> carried = new ArrayList<>();

  CoreTransport(TestFleet vault) {
    this.vault = vault;
  }

  @Override
  public Sent post(Bytes message, int admittingIndex, Replies wish, int turn) {
    try {
      SealedMessage sealed = SealedMessage.decode(message);
      before.accept(sealed);
      Optional<Entry.Item> item = vault.tryAdmit(admittingIndex, sealed);
      if (item.isEmpty()) {
        return new LoginInvalid();
      }
      carried.add(sealed.type());
      TestFleet.Ordered ordered = vault.order(item.get());
      newest = Optional.of(ordered.certificate());
      if (losing > 0) {
        losing--;
        return new Unreachable();
      }
      int count = wish == Replies.ALL ? replies : vault.fleet().settings().t();
      List<SealedReply> all = new ArrayList<>(ordered.to(0));
      return new Answered(
          new VaultAnswer(
                  ordered.certificate(),
                  ordered.leaves().size(),
                  0,
                  ordered.leaves().get(0),
                  OutcomeTree.path(ordered.leaves(), 0),
                  all.subList(0, Math.min(count, all.size())))
              .encode());
    } catch (Rejected e) {
      return new Refused();
    }
  }

  @Override
  public Sent bundle(int turn) {
    return new Answered(FleetDelivery.pinned(vault.fleet(), newest.stream().toList()).encode());
  }
}
