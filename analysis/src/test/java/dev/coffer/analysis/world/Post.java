package dev.coffer.analysis.world;

import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;

/** Carries messages to nodes and the answers back, for clients that do not wait. */
record Post(World world) {
  /** How a node reaches the client. */
  interface RequestSender {
    void answered(int node, VaultAnswer answer);

    void refused(Refusal.Reason reason);
  }

  /** No honest message is turned away for good. */
  static void mustBeForNow(Refusal.Reason reason) {
    BrokenPromise.unless(
        reason.httpStatus() == 503 || reason == Refusal.Reason.BUSY,
        "INV-8",
        "an honest message was refused: " + reason);
  }

  /** From a thief to some node. */
  void send(Thief thief, Request request, SealedMessage message, boolean everybody) {
    int node = 1 + world.chance().below(world.setting().n());
    boolean all = everybody || world.chance().oneIn(8);
    RequestSender back =
        new RequestSender() {
          @Override
          public void answered(int from, VaultAnswer answer) {
            if (world.hostile(from) && world.chance().oneIn(4)) {
              VaultAnswer lie = world.attackers().uncertified(answer);
              world.wires().send(node, 0, () -> thief.answered(lie));
            }
            world.wires().send(node, 0, () -> thief.answered(answer));
          }

          @Override
          public void refused(Refusal.Reason reason) {
            world.wires().send(node, 0, () -> thief.refused(request, reason));
          }
        };
    world.wires().send(0, node, () -> world.host(node).post(message, all, back));
  }
}
