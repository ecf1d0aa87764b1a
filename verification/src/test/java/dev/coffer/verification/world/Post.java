package dev.coffer.verification.world;

import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;

/** Carries clients' messages to nodes and the answers back. */
record Post(World world) {
  /** How a node reaches the client that waits. */
  interface Courier {
    void answered(int node, VaultAnswer answer);

    void refused(Refusal.Reason reason);
  }

  /** From a client to some node. */
  void send(Client client, Request request, SealedMessage message, boolean everybody) {
    int node = 1 + world.chance().below(world.setting().n());
    boolean all = everybody || world.chance().oneIn(8);
    Courier back = courier(client, request, node);
    world.wires().send(0, node, () -> world.host(node).post(message, all, back));
  }

  private Courier courier(Client client, Request request, int node) {
    return new Courier() {
      @Override
      public void answered(int from, VaultAnswer answer) {
        if (world.hostile(from) && world.chance().oneIn(4)) {
          VaultAnswer lie = world.attackers().lie(answer);
          world.wires().send(node, 0, () -> client.answered(lie));
        }
        world.wires().send(node, 0, () -> client.answered(answer));
      }

      @Override
      public void refused(Refusal.Reason reason) {
        world.wires().send(node, 0, () -> client.refused(request, reason));
      }
    };
  }
}
