package dev.coffer.cli.vault;

import dev.coffer.cli.home.FleetAddress;
import dev.coffer.client.port.Pause;
import dev.coffer.evidence.Expectations;
import dev.coffer.notary.http.Fetch;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * {@code POST /v1/status} of a fleet's nodes. A node has one deadline for everything, however
 * slowly its answer drips, and is asked again within it while it says that it is busy. Nothing that
 * is answered is checked here.
 */
public final class StatusCall implements Expectations.Hsms {
  /** Silence is no answer, and a busy machine is no lie. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int TRIES = 5;

  /** Octets of the largest status: values, and a certificate with seven signatures. */
  private static final int ANSWER_MAX = 4 << 10;

  private final FleetAddress address;
  private final SSLContext tls;
  private final Pause time;
  private final Duration answer;

  /** To the nodes at {@code address}. */
  public StatusCall(FleetAddress address) throws IOException {
    this(address, Pause.blocking(), ANSWER);
  }

  /**
   * @param answer the latest moment for what one HSM says, tries and body included
   */
  StatusCall(FleetAddress address, Pause time, Duration answer) throws IOException {
    this.address = address;
    this.tls = address.tls();
    this.time = time;
    this.answer = answer;
  }

  @Override
  public Optional<Bytes> status(int index, Bytes nonce) {
    if (index > address.nodes().size()) {
      return Optional.empty();
    }
    URI node = address.nodes().get(index - 1).resolve("/v1/status");
    long deadline = time.nanoTime() + answer.toNanos();
    try {
      for (int tried = 0; tried < TRIES; tried++) {
        Duration left = Duration.ofNanos(deadline - time.nanoTime());
        if (!left.isPositive()) {
          break;
        }
        Fetch.Reply reply;
        try (Fetch fetch = new Fetch(left, Optional.of(tls))) {
          reply = fetch.post(node, nonce, ANSWER_MAX);
        }
        if (reply.status() == 200) {
          return Optional.of(reply.body());
        }
        if (reply.status() != 429 && reply.status() != 503) {
          break;
        }
        time.await(AGAIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Nobody listens there, or not now.
      return Optional.empty();
    }
    return Optional.empty();
  }
}
