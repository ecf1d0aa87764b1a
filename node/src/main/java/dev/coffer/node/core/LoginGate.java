package dev.coffer.node.core;

import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.login.LoginToken;

/** The node's check of a login, expiry included: HSMs have no clock. Thread-safe. */
public interface LoginGate {
  /** Returns if the login is valid now, refuses otherwise. */
  void check(LoginToken token) throws Refusal;

  /** The same for a message that a client brings, which is also refused if too many came. */
  default void enter(LoginToken token) throws Refusal {
    check(token);
  }
}
