package dev.coffer.protocol.request;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.SuccessPayload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is logged by mistake tells neither keys nor elements nor logins. */
final class RedactionTest {
  @Test
  void requestsAndWhatIsInThemPrintTheirNamesAlone() {
    Registration r = Samples.registration();
    List<Object> printed = new ArrayList<>(Samples.requests());
    printed.add(r);
    printed.add(new SuccessPayload(r, List.of()));
    printed.add(
        new AttemptPayload(
            r.authKey(), r.ksf(), 10, r.wrappedKeyHash(), r.id(), false, Samples.digest(9)));
    printed.add(Samples.token("a.b.c"));
    printed.add(new Authorisation.Owner(Samples.octets(1, 64)));
    printed.add(new Authorisation.Login(Samples.token("a.b.c"), Samples.octets(1, 64)));
    for (Object one : printed) {
      assertTrue(one.toString().matches("[A-Za-z]+\\[redacted]"), one.getClass().getName());
    }
  }
}
