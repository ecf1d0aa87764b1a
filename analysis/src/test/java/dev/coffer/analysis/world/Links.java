package dev.coffer.analysis.world;

import dev.coffer.node.core.Mailbox;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Peers;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Bytes;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A node's links to its peers. Other than real ones they lose, repeat and reorder: whoever asks
 * finds out by the deadline.
 */
final class Links implements Peers {
  /** What comes back for a question. */
  sealed interface Answer {
    /** The peer has answered. */
    record Given(Bytes body) implements Answer {}

    /** The peer has refused. */
    record Refused(Refusal.Reason reason, String detail) implements Answer {}
  }

  private final World world;
  private final Life life;
  private final int self;

  Links(World world, Life life, int self) {
    this.world = world;
    this.life = life;
    this.self = self;
  }

  @Override
  public Bytes ask(int node, PeerMethod method, Bytes body, Duration deadline)
      throws Refusal, InterruptedException {
    if (!reachable(node)) {
      throw new Refusal(Refusal.Reason.UNREACHABLE, "a node cannot be reached");
    }
    Mailbox<Answer> answers = life.mailbox(1);
    Consumer<Answer> back = answer -> world.wires().send(node, self, () -> answers.offer(answer));
    world.wires().send(self, node, () -> world.host(node).asked(self, method, body, back));
    return switch (answers.poll(deadline.toNanos())) {
      case null -> throw new Refusal(Refusal.Reason.UNREACHABLE, "a node did not answer in time");
      case Answer.Given given -> given.body();
      case Answer.Refused refused -> throw new Refusal(refused.reason(), refused.detail());
    };
  }

  @Override
  public boolean tell(int node, PeerMethod method, Bytes body) {
    if (life.over() || !reachable(node)) {
      return false;
    }
    world.attackers().overheard(method, body);
    world.wires().send(self, node, () -> world.host(node).told(self, method, body));
    return true;
  }

  /** A link that carries one way is taken for alive. */
  @Override
  public boolean reachable(int node) {
    return world.host(node).up() && !world.wires().apart(self, node);
  }
}
