package dev.coffer.evidence.site;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The public log as pages show it, by an audit of it.
 *
 * @param namespace whose bundles these are
 * @param checkpoint the newest one, with its cosignatures
 * @param policies the signed notes of the trust policies, version 1 first
 * @param cosigned when a quorum of witnesses saw that checkpoint
 * @param epochs every leaf, in its order
 */
public record PublishedLog(
    String namespace,
    Bytes checkpoint,
    List<Bytes> policies,
    Instant cosigned,
    List<Epoch> epochs) {
  public PublishedLog {
    policies = List.copyOf(policies);
    epochs = List.copyOf(epochs);
  }

  /**
   * One bundle.
   *
   * @param leaf {@code fleet.note}
   * @param digest its SHA-256
   * @param bundle what it says; empty if its signatures do not hold
   * @param trouble why it does not hold; empty if it does
   * @param delta which keys and states came and went, a line each
   */
  public record Epoch(
      long number,
      Bytes leaf,
      Bytes digest,
      Optional<Bundle> bundle,
      String trouble,
      List<String> delta) {
    public Epoch {
      delta = List.copyOf(delta);
    }

    /** When it began to count; the beginning of time if that is not known. */
    Instant time() {
      return bundle.map(said -> Instant.ofEpochSecond(said.notBefore())).orElse(Instant.EPOCH);
    }
  }

  /** What clients are told now, if that holds. */
  Optional<Bundle> newest() {
    return epochs.isEmpty() ? Optional.empty() : epochs.getLast().bundle();
  }

  /** Whether every epoch holds. */
  public boolean clean() {
    return epochs.stream().allMatch(epoch -> epoch.trouble().isEmpty());
  }
}
