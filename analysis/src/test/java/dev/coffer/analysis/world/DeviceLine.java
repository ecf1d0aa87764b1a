package dev.coffer.analysis.world;

import dev.coffer.client.port.VaultTransport;
import dev.coffer.node.core.Mailbox;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.SealedMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A device's way to the nodes, over the world's network: one message, then the first answer to it
 * or none in time, as over HTTPS. Hostile hosts answer with lies.
 */
final class DeviceLine implements VaultTransport {
  private static final long ANSWER_MILLIS = 900;
  private static final long BUNDLE_MILLIS = 300;

  private final World world;
  private final Device device;
  private final Life life;

  /** One process's way. */
  DeviceLine(World world, Device device, Life life) {
    this.world = world;
    this.device = device;
    this.life = life;
  }

  private int n() {
    return world.setting().n();
  }

  @Override
  public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
    SealedMessage sealed = decoded(message);
    device.sends(world.ledger().sent(sealed));
    world.attackers().saw(sealed);
    // The admitting HSM's own node first, as over HTTPS; or whichever a balancer chooses.
    int own = 1 + (admittingIndex - 1 + turn / n()) % n();
    int node = world.chance().oneIn(4) ? 1 + world.chance().below(n()) : own;
    boolean all = replies == Replies.ALL;
    Sent sent =
        ask(node, ANSWER_MILLIS, back -> world.host(node).post(sealed, all, courier(node, back)));
    if (sent instanceof Answered answered) {
      try {
        device.memory().shown(VaultAnswer.decode(answered.body()).certificate());
      } catch (Rejected e) {
        world.diary().done("answers that cannot be read");
      }
    }
    return sent;
  }

  private static SealedMessage decoded(Bytes message) {
    try {
      return SealedMessage.decode(message);
    } catch (Rejected e) {
      throw new IllegalStateException("a client sends what nobody can read", e);
    }
  }

  @Override
  public Sent bundle(int turn) {
    int node = 1 + turn % n();
    return ask(
        node,
        BUNDLE_MILLIS,
        back -> {
          Host host = world.host(node);
          back.accept(host.up() ? new Answered(bundle(host)) : new Unreachable());
        });
  }

  private Bytes bundle(Host host) {
    List<Certificate> newest = host.newest().stream().toList();
    if (world.hostile(host.index()) && world.attackers().hasCertificates()) {
      newest = List.of(world.attackers().shown());
    }
    newest.forEach(device.memory()::shown);
    return FleetDelivery.pinned(world.fleet(), newest).encode();
  }

  private Sent ask(int node, long millis, Consumer<Consumer<Sent>> question) {
    Mailbox<Sent> answers = life.mailbox(8);
    Consumer<Sent> back = sent -> world.wires().send(node, 0, () -> answers.offer(sent));
    world.wires().send(0, node, () -> question.accept(back));
    try {
      Sent first = answers.poll(TimeUnit.MILLISECONDS.toNanos(millis));
      return first == null ? new Unreachable() : first;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Post.RequestSender courier(int node, Consumer<Sent> back) {
    return new Post.RequestSender() {
      @Override
      public void answered(int from, VaultAnswer truth) {
        boolean lies = world.hostile(node) && world.chance().oneIn(4);
        Bytes body = lies ? world.attackers().lie(truth) : truth.encode();
        BrokenPromise.unless(body.size() <= ANSWER_MAX, "port", "an answer is too large to read");
        back.accept(new Answered(body));
      }

      @Override
      public void refused(Refusal.Reason reason) {
        Post.mustBeForNow(reason);
        back.accept(
            reason == Refusal.Reason.UNREACHABLE
                ? new Unreachable()
                : new Later(Duration.ofMillis(20 + world.chance().below(200))));
      }
    };
  }
}
