package dev.coffer.hsm.seal;

import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;

/**
 * This HSM as a founded member of its fleet: what it needs to work, handed down instead of looked
 * up. Thread-safe. Its keys live as long as the process.
 */
public final class Member {
  private final Fleet fleet;
  private final int index;
  private final FleetKeys keys;
  private final Ed25519.SigningKey statementKey;
  private final SecretBytes sessionKey;
  private final Randomness randomness;

  /**
   * @param index from 1
   * @param sessionKey X25519 private key to which clients seal
   */
  public Member(
      Fleet fleet,
      int index,
      FleetKeys keys,
      Ed25519.SigningKey statementKey,
      SecretBytes sessionKey,
      Randomness randomness) {
    this.fleet = fleet;
    this.index = index;
    this.keys = keys;
    this.statementKey = statementKey;
    this.sessionKey = sessionKey;
    this.randomness = randomness;
  }

  /** The fleet it belongs to. */
  public Fleet fleet() {
    return fleet;
  }

  /** Its place in the fleet, from 1. */
  public int index() {
    return index;
  }

  /** The fleet's shared keys, as far as this HSM holds them. */
  public FleetKeys keys() {
    return keys;
  }

  /** The key that signs statements. */
  public Ed25519.SigningKey statementKey() {
    return statementKey;
  }

  /** X25519 private key to which clients seal. */
  public SecretBytes sessionKey() {
    return sessionKey;
  }

  /** This HSM's own generator. */
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public String toString() {
    return "Member[" + index + "]";
  }
}
