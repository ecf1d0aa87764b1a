package dev.coffer.client.operation;

import dev.coffer.client.Cause;
import dev.coffer.client.exchange.BundleFetcher;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
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
public record Session(
    TrustedFleet trusted,
    Subject subject,
    ClientPolicy policy,
    BundleFetcher fetcher,
    Exchange exchange,
    Memory memory,
    Randomness randomness,
    KeyStretching stretching) {
  /** Brings a request to a verified outcome. */
  @FunctionalInterface
  interface Exchange {
    Verified of(TrustedFleet trusted, OpenRequest request, VaultTransport.Replies replies)
        throws OperationAborted;
  }

  public int hsms() {
    return trusted.fleet().settings().n();
  }

  public int partition() {
    return subject.partition(trusted.fleet().settings().partitions());
  }

  /** A new request that names the newest k this device has verified. */
  public OpenRequest open(Function<RequestHeader, Request> rest) throws OperationAborted {
    long seenK = fetcher.newest(trusted, partition()).k();
    return OpenRequest.open(randomness, trusted.fleet(), subject, seenK, rest);
  }

  public Verified exchange(OpenRequest request, VaultTransport.Replies replies)
      throws OperationAborted {
    return exchange.of(trusted, request, replies);
  }

  /**
   * Stretches the OPRF's output; the caller destroys the result.
   *
   * @throws OperationAborted if the device cannot, which says nothing about the code
   */
  public SecretBytes stretch(SecretBytes oprfOutput, KsfParameters parameters)
      throws OperationAborted {
    SecretBytes stretched;
    try {
      stretched = stretching.stretch(oprfOutput, KeySchedule.stretchingSalt(subject), parameters);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw OperationAborted.tryAgain(Cause.INTERRUPTED, Duration.ZERO);
    } catch (OutOfMemoryError e) {
      // The one large allocation of this library. What was kept before stays as it is.
      throw OperationAborted.tryAgain(Cause.STRETCHING, Duration.ZERO);
    }
    Invariant.check(stretched.size() == KeyStretching.SIZE, "a stretched code has 64 octets");
    return stretched;
  }

  @Override
  public String toString() {
    return "Session[" + trusted + "]";
  }
}
