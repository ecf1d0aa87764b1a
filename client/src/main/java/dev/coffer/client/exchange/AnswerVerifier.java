package dev.coffer.client.exchange;

import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.threshold.Sharing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Steps (1) to (4) of PROTOCOL.md §6.3, in their order, over one hostile answer. No verdict is
 * believed before the third. Pure functions.
 */
public final class AnswerVerifier {
  private AnswerVerifier() {}

  /** The certified outcome of {@code open}, or the reason to turn away. */
  public static Verified verify(Fleet fleet, OpenRequest open, ChainProgress seen, Bytes body)
      throws OperationAborted {
    VaultAnswer answer = decode(body);
    ChainValues values = certified(fleet, open.request(), seen, answer);
    checkPath(answer);
    Set<Integer> opened = new HashSet<>();
    List<Integer> suspects = new ArrayList<>();
    List<Sharing.Partial<RistrettoElement>> partials = new ArrayList<>();
    Optional<ReplyContent> first = Optional.empty();
    for (SealedReply reply : answer.replies()) {
      // One an HSM: a host that repeats a reply must not make one HSM count twice.
      if (reply.index() > open.hsms() || opened.contains(reply.index())) {
        continue;
      }
      Optional<ReplyContent> content = content(open, values, answer, reply);
      if (content.isEmpty()) {
        continue;
      }
      opened.add(reply.index());
      if (!matches(open.request(), answer, content.get())) {
        suspects.add(reply.index());
        continue;
      }
      first = first.isPresent() ? first : content;
      addPartial(reply.index(), open.request(), content.get(), partials, suspects);
    }
    ReplyContent content = first.orElseThrow(() -> OperationAborted.untrusted(Distrust.BAD_ANSWER));
    return new Verified(values, content.outcome(), content.payload(), partials, suspects);
  }

  private static VaultAnswer decode(Bytes body) throws OperationAborted {
    try {
      return VaultAnswer.decode(body);
    } catch (Rejected e) {
      throw OperationAborted.untrusted(Distrust.BAD_ANSWER);
    }
  }

  /** Step 1. */
  private static ChainValues certified(
      Fleet fleet, Request request, ChainProgress seen, VaultAnswer answer)
      throws OperationAborted {
    try {
      answer.certificate().verify(fleet);
    } catch (Rejected e) {
      throw OperationAborted.untrusted(Distrust.BAD_CERTIFICATE);
    }
    ChainValues values = answer.certificate().values();
    if (values.partition() != request.header().subject().partition(fleet.settings().partitions())) {
      throw OperationAborted.untrusted(Distrust.BAD_ANSWER);
    }
    seen.check(values);
    return values;
  }

  /** Step 3, the half that all replies share: the leaf stands in the certified entry. */
  private static void checkPath(VaultAnswer answer) throws OperationAborted {
    boolean contained =
        OutcomeTree.contains(
            answer.certificate().values().outcomesRoot(),
            answer.entrySize(),
            answer.position(),
            answer.leaf(),
            answer.path());
    if (!contained) {
      throw OperationAborted.untrusted(Distrust.BAD_ANSWER);
    }
  }

  /**
   * Step 2: under the key of the HSM it claims to come from. Its context binds head, k and
   * position, so replies of another evaluation do not open; empty for those.
   */
  private static Optional<ReplyContent> content(
      OpenRequest open, ChainValues values, VaultAnswer answer, SealedReply reply) {
    SealedReply.Context context =
        new SealedReply.Context(
            reply.index(), values, answer.position(), open.request().type(), answer.leaf());
    try {
      return Optional.of(reply.open(open.exporter(reply.index()), context));
    } catch (Rejected e) {
      return Optional.empty();
    }
  }

  /**
   * Step 3, the half of each reply: it opens the certified leaf, and that leaf is of this request.
   */
  private static boolean matches(Request request, VaultAnswer answer, ReplyContent content) {
    Outcome outcome = content.outcome();
    return outcome.leaf(content.blind()).equals(answer.leaf())
        && outcome.position() == answer.position()
        && outcome.request().equals(request.hash())
        && outcome.type() == request.type()
        && outcome.payloadHash().equals(Outcome.payloadHash(content.payload()));
  }

  /**
   * Step 4: a bad element is as good as none, and its HSM a suspect. So is one that sends the
   * blinded element back: no share is 1, and a reflected element puts the code's own hash where a
   * secret of the fleet should be.
   */
  private static void addPartial(
      int index,
      Request request,
      ReplyContent content,
      List<Sharing.Partial<RistrettoElement>> partials,
      List<Integer> suspects) {
    if (content.partial().isEmpty()) {
      return;
    }
    if (content.partial().equals(request.blinded())) {
      suspects.add(index);
      return;
    }
    try {
      RistrettoElement element = Ristretto255.GROUP.decode(content.partial().get());
      partials.add(new Sharing.Partial<>(index, element));
    } catch (Rejected e) {
      suspects.add(index);
    }
  }
}
