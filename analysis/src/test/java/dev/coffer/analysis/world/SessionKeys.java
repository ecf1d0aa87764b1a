package dev.coffer.analysis.world;

import dev.coffer.analysis.search.HsmMemory;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import java.util.List;

/**
 * The session keys of all HSMs: with them the world reads what clients and HSMs seal to each other,
 * and need not ask the client under test what it meant or understood.
 */
final class SessionKeys {
  private final Fleet fleet;
  private final List<Member> members;

  SessionKeys(TestFleet vault) {
    this.fleet = vault.fleet();
    this.members = vault.hosts().stream().map(host -> HsmMemory.member(host.hsm())).toList();
  }

  private Member member(int hsm) {
    return members.get(hsm - 1);
  }

  /** What a client asks. */
  Request request(SealedMessage message) throws Rejected {
    return message.open(fleet.id(), member(message.admittingIndex()).sessionKey());
  }

  /** What HSM {@code hsm} and whoever made {@code request} share; the caller closes it. */
  Hpke.Exporter exporter(int hsm, Request request) throws Rejected {
    Bytes info = SealedReply.encapsulationInfo(fleet.id().value(), hsm);
    Bytes encapsulation = request.header().encapsulations().get(hsm - 1);
    return Hpke.decapsulate(
        member(hsm).sessionKey(), fleet.hsm(hsm).sessionKey(), encapsulation, info);
  }

  /** What an HSM answers. */
  ReplyContent content(Request request, SealedReply.Context context, SealedReply reply)
      throws Rejected {
    try (Hpke.Exporter exporter = exporter(context.index(), request)) {
      return reply.open(exporter, context);
    }
  }
}
