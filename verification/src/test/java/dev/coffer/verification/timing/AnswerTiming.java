package dev.coffer.verification.timing;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.request.Request;
import java.util.List;
import java.util.Random;

/**
 * How long one HSM takes to capture and to release an attempt: on a registered account with the
 * right code or a wrong one, and on an exhausted account beside a registered one. Hosts see these
 * times (INV-10); whether a record exists they see anyway.
 */
final class AnswerTiming {
  private static final Bytes SECRET = Bytes.zeros(60);

  private final Random order = new Random(3);
  private final TestFleet fleet = TestFleet.founded(3, 2);
  private final int measurements;

  AnswerTiming(int measurements) {
    this.measurements = measurements;
  }

  /** Nanoseconds of a capture and of a release. */
  private record Took(long capture, long release) {}

  void run() throws Rejected {
    TestClient alice = new TestClient(fleet, "alice", 1);
    TestClient mallory = new TestClient(fleet, "mallory", 2);
    alice.enrol("123456", SECRET);
    mallory.enrol("123456", SECRET);
    for (int i = 0; i < 11; i++) {
      mallory.guess("000000");
    }
    compare("right or wrong code", alice, "123456", alice, "654321");
    compare("wrong code or exhausted account", alice, "654321", mallory, "654321");
  }

  private void compare(String name, TestClient a, String codeA, TestClient b, String codeB)
      throws Rejected {
    long[][] captures = new long[2][measurements];
    long[][] releases = new long[2][measurements];
    int[] count = new int[2];
    for (int warm = -measurements / 2; count[0] < measurements || count[1] < measurements; warm++) {
      int which = order.nextInt(2);
      TestClient client = which == 0 ? a : b;
      Took took = once(client, client.attempt(which == 0 ? codeA : codeB, fleet.k()));
      if (warm >= 0 && count[which] < measurements) {
        captures[which][count[which]] = took.capture();
        releases[which][count[which]++] = took.release();
      }
      if (warm % 8 == 0) {
        a.recover("123456");
      }
    }
    TimingProgram.report("capture: " + name, captures[0], captures[1]);
    TimingProgram.report("release: " + name, releases[0], releases[1]);
  }

  private Took once(TestClient client, Request request) throws Rejected {
    Bytes entry = new Entry(List.of(client.admit(request))).encode();
    TestHost host = fleet.host(1);
    long k = fleet.k() + 1;
    long start = System.nanoTime();
    Statement own = host.capture(k, entry).statement().orElseThrow();
    final long captured = System.nanoTime() - start;
    Statement second = fleet.host(2).capture(k, entry).statement().orElseThrow();
    fleet.host(3).capture(k, entry);
    Certificate certificate = Certificate.of(List.of(own, second));
    start = System.nanoTime();
    host.hsm().release(certificate, List.of(0));
    long released = System.nanoTime() - start;
    fleet.host(2).hsm().release(certificate, List.of());
    fleet.host(3).hsm().release(certificate, List.of());
    return new Took(captured, released);
  }
}
