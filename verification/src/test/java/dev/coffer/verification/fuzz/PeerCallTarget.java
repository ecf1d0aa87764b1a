package dev.coffer.verification.fuzz;

import static dev.coffer.verification.fuzz.Conversation.written;

import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.outcome.SealedReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What another node may ask and tell, without the link in between: u8 method ‖ body, to the real
 * core. It answers, refuses or takes no notice, and never stops working.
 */
final class PeerCallTarget {
  private final Conversation talk;
  private Optional<Running> running = Optional.empty();

  private record Running(QuietNode node, ServerWatch watch) {}

  /** A method and what goes with it. */
  record Call(PeerMethod method, Bytes body) {}

  PeerCallTarget(Conversation talk) {
    this.talk = talk;
  }

  Target target() {
    List<Bytes> seeds = new ArrayList<>();
    for (Call call : calls(talk)) {
      seeds.add(HsmTargets.call(call.method().number(), call.body()));
    }
    return new Target("peer-call", seeds, this::call, this::rest);
  }

  private Optional<Bytes> call(Bytes input) throws Exception {
    if (input.size() == 0) {
      return Optional.empty();
    }
    PeerMethod method = PeerMethod.of(input.at(0));
    Bytes body = input.slice(1, input.size());
    if (running.isEmpty()) {
      ServerWatch watch = new ServerWatch();
      QuietNode node = ServerTarget.elsewhere(() -> new QuietNode(talk, watch));
      running = Optional.of(new Running(node, watch));
    }
    Running now = running.get();
    try {
      if (method.asked()) {
        now.node().core().asked(QuietNode.PEER, method, body);
      } else {
        now.node().core().told(QuietNode.PEER, method, body);
      }
      return Optional.of(input);
    } catch (Refusal e) {
      return Optional.empty();
    } finally {
      now.watch().check();
    }
  }

  private void rest() throws Exception {
    if (running.isPresent()) {
      Running over = running.get();
      running = Optional.empty();
      try (ServerWatch watch = over.watch();
          QuietNode node = over.node()) {
        watch.rested(() -> node.core().openCalls() == 0);
      }
    }
  }

  /** Each method as an honest node uses it. */
  static List<Call> calls(Conversation talk) {
    Certificate certificate = talk.ordered.getLast().certificate();
    Certificate.Signed first = certificate.signatures().getFirst();
    long k = certificate.values().k();
    Bytes item = NodeTargets.submission(talk);
    SealedReply reply = talk.ordered.getLast().to(0).getFirst();
    Bytes replies =
        written(out -> {
          certificate.write(out);
          out.u16(1).u16(1).u64(5).u16(0).raw(Bytes.zeros(32)).u8(0).u8(7);
          reply.write(out);
        });
    return List.of(
        new Call(
            PeerMethod.ADMIT,
            talk.alice.seal(talk.alice.attempt("2222", k), QuietNode.SELF).encode()),
        new Call(PeerMethod.SUBMIT, item),
        new Call(PeerMethod.STATUS, number().raw(Bytes.zeros(32)).toBytes()),
        new Call(PeerMethod.RELEASE, number().u64(k).u16(0).toBytes()),
        new Call(PeerMethod.CERTIFICATE, number().toBytes()),
        new Call(PeerMethod.ENTRY_HASHES, number().u64(0).u32(0).toBytes()),
        new Call(PeerMethod.SYNC, number().u8(1).u64(0).toBytes()),
        new Call(PeerMethod.SYNC, number().u8(4).u64(0).u16(9).toBytes()),
        new Call(PeerMethod.REJOIN, number().u64(2).toBytes()),
        new Call(PeerMethod.CERTIFICATES, number().u64(0).toBytes()),
        new Call(
            PeerMethod.STATEMENT,
            written(new Statement(certificate.values(), first.index(), first.signature())::write)),
        new Call(PeerMethod.CERTIFIED, certificate.encode()),
        new Call(PeerMethod.REPLIES, replies),
        new Call(
            PeerMethod.BEAT,
            new CanonicalWriter().u16(1).u16(0).u64(k).u64(k).bool(true).toBytes()));
  }

  /** A message about partition 0. */
  private static CanonicalWriter number() {
    return new CanonicalWriter().u16(0);
  }
}
