package dev.coffer.verification.torture;

import dev.coffer.client.secret.BackupSecret;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.outcome.OutcomeCode;
import java.util.ArrayList;
import java.util.List;

/**
 * One account with all that its devices have in common, and the history of their calls.
 * Thread-safe.
 */
final class Account {
  private final String name;
  private final SecretBytes deviceKey;
  private final BackupSecret secret;
  private final List<Call> calls = new ArrayList<>();
  private int numbers;
  private int code;
  private int codes;
  private long generation = 1;

  Account(String name, Vault vault) {
    this.name = name;
    this.deviceKey = SecretBytes.random(vault.randomness(), 32);
    this.secret = BackupSecret.generate(vault.randomness());
  }

  String name() {
    return name;
  }

  /** All devices of an account log in with one key here. */
  SecretBytes deviceKey() {
    return deviceKey;
  }

  /** K. */
  BackupSecret secret() {
    return secret;
  }

  /** A number for a call. */
  synchronized int number() {
    return numbers++;
  }

  /** A code that was never used. */
  synchronized int freshCode() {
    return ++codes;
  }

  /** The code that a user believes to be in force; 0 before the first. */
  synchronized int code() {
    return code;
  }

  /** The newest generation that a device has heard of. */
  synchronized long generation() {
    return generation;
  }

  /** Takes a call into the history. */
  synchronized void record(Call call) {
    calls.add(call);
    call.heard().ifPresent(heard -> generation = Math.max(generation, heard.generation()));
    boolean stored = call.heard().isEmpty() || call.heard().get().code() == OutcomeCode.ACCEPTED;
    if (call.deed() instanceof Deed.Register register && stored) {
      code = register.code();
    }
  }

  /** The history. */
  synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  /**
   * Codes that may be in force: every one whose registration was acknowledged or may have happened.
   */
  synchronized List<Integer> possibleCodes() {
    List<Integer> possible = new ArrayList<>();
    for (Call call : calls.reversed()) {
      if (call.deed() instanceof Deed.Register register
          && (call.heard().isEmpty() || call.heard().get().code() == OutcomeCode.ACCEPTED)) {
        possible.add(register.code());
      }
    }
    return possible;
  }
}
