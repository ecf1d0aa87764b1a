package dev.coffer.client;

import dev.coffer.client.exchange.Gate;
import dev.coffer.client.exchange.Halt;
import dev.coffer.client.exchange.Halt.Repeat;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import java.time.Duration;
import java.util.function.Function;

/** One call on one slot with a fleet that has just passed the gate. Not thread-safe. */
record Session(
    TrustedFleet trusted,
    Subject subject,
    ClientPolicy policy,
    Gate gate,
    Exchange exchange,
    Memory memory,
    Randomness randomness,
    KeyStretching stretching) {
  /** Brings a request to a verified outcome. */
  @FunctionalInterface
  interface Exchange {
    Verified of(TrustedFleet trusted, OpenRequest request, VaultTransport.Replies replies)
        throws Halt;
  }

  int hsms() {
    return trusted.fleet().settings().n();
  }

  int partition() {
    return subject.partition(trusted.fleet().settings().partitions());
  }

  /** A new request that names the newest k this device has verified. */
  OpenRequest open(Function<RequestHeader, Request> rest) throws Halt {
    long seenK = gate.newest(trusted, partition()).k();
    return OpenRequest.open(randomness, trusted.fleet(), subject, seenK, rest);
  }

  Verified exchange(OpenRequest request, VaultTransport.Replies replies) throws Halt {
    return exchange.of(trusted, request, replies);
  }

  /**
   * Stretches the OPRF's output; the caller destroys the result.
   *
   * @throws Halt if the device cannot, which says nothing about the code
   */
  SecretBytes stretch(SecretBytes oprfOutput, KsfParameters parameters) throws Halt {
    SecretBytes stretched;
    try {
      stretched = stretching.stretch(oprfOutput, KeySchedule.stretchingSalt(subject), parameters);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Halt.repeat(Repeat.INTERRUPTED, Duration.ZERO);
    } catch (OutOfMemoryError e) {
      // The one large allocation of this library. What was kept before stays as it is.
      throw Halt.repeat(Repeat.STRETCHING, Duration.ZERO);
    }
    Invariant.check(stretched.size() == KeyStretching.SIZE, "a stretched code has 64 octets");
    return stretched;
  }

  @Override
  public String toString() {
    return "Session[" + trusted + "]";
  }
}
