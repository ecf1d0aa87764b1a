package dev.coffer.node.core;

import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.request.RequestType;

/**
 * The port that counts. Names and labels are constants and small numbers: never an account, a
 * record name or an address. Thread-safe and cheap.
 */
public interface Meters {
  /** An operation was answered, {@code nanos} after it came in. */
  void answered(RequestType type, long nanos);

  /** A client or peer was refused. */
  void refused(Refusal.Reason reason);

  /** An entry of {@code operations} was captured by the own HSM in {@code nanos}. */
  void captured(int operations, long nanos);

  /** A certificate arrived {@code nanos} after the own capture. */
  void certified(long nanos);

  /** The own HSM released {@code replies} in {@code nanos}. */
  void released(int replies, long nanos);

  /** Something that should not happen often, by a constant name. */
  void event(String name);

  /** Counts nothing. */
  Meters NONE =
      new Meters() {
        @Override
        public void answered(RequestType type, long nanos) {}

        @Override
        public void refused(Refusal.Reason reason) {}

        @Override
        public void captured(int operations, long nanos) {}

        @Override
        public void certified(long nanos) {}

        @Override
        public void released(int replies, long nanos) {}

        @Override
        public void event(String name) {}
      };
}
