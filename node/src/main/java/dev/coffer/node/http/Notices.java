package dev.coffer.node.http;

import dev.coffer.protocol.codec.Bytes;

/** What the operator lets clients know besides the bundle. Thread-safe. */
public interface Notices {
  /** Whether this fleet sends clients on to another one. */
  boolean retired();

  /** Where the vault's fleets are: a line for each, at most 16 KiB; empty if there is one fleet. */
  Bytes fleets();
}
