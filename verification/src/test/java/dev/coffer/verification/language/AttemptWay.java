package dev.coffer.verification.language;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.client.exchange.BundleFetcher;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.RequestSender;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.port.VaultTransport.Replies;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.lab.bench.MemoryOnly;
import dev.coffer.node.fleet.ProcessFleet;
import dev.coffer.node.fleet.TestLogins;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import java.io.IOException;

/** The client's own way to a verified attempt, for any blinded element, whoever made it. */
final class AttemptWay {
  private final Randomness randomness;
  private final Subject subject;
  private final BundleFetcher gate;
  private final RequestSender courier;

  AttemptWay(ProcessFleet vault, String account, Randomness randomness) throws IOException {
    Memory memory = new Memory(new MemoryOnly());
    VaultTransport transport = vault.transport();
    LoginProvider login = vault.login(account);
    FleetPin pin = new FleetPin(vault.fleet().id(), ClientPolicy.DEVELOPMENT);
    this.randomness = randomness;
    this.subject = new Subject(vault.fleet().id(), TestLogins.TENANT, account, "code");
    this.gate = new BundleFetcher(pin, transport, memory);
    this.courier = new RequestSender(transport, login, memory, randomness, Pause.blocking());
  }

  Subject subject() {
    return subject;
  }

  Verified attempt(Bytes blindedElement) throws OperationAborted {
    TrustedFleet trusted = gate.pass(t -> 0);
    AttemptId id = new AttemptId(randomness.bytes(32));
    OpenRequest open =
        OpenRequest.open(
            randomness,
            trusted.fleet(),
            subject,
            gate.newest(trusted, 0).k(),
            header -> new Request.Attempt(header, id, blindedElement));
    Verified verified = courier.exchange(trusted, open, Replies.ALL);
    assertEquals(OutcomeCode.ACCEPTED, verified.outcome().code());
    return verified;
  }
}
