package dev.coffer.node.peer;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;

/** What a node does with what its peers ask and tell. Called from many threads. */
public interface PeerCalls {
  /** Answers {@code node}. May block for as long as its own deadline allows. */
  Bytes asked(int node, PeerMethod method, Bytes body)
      throws Refusal, Rejected, InterruptedException;

  /** Takes notice. In the order of arrival for one peer; must not block. */
  void told(int node, PeerMethod method, Bytes body) throws Rejected;
}
