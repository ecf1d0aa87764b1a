package dev.coffer.protocol.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Settings that a fleet must never be founded with: each would weaken a promise. */
final class FleetSettingsTest {
  private static final TenantIssuer ACME = new TenantIssuer("acme", Bytes.zeros(32));
  private static final TenantIssuer ZETA = new TenantIssuer("zeta", Bytes.zeros(32));

  private static FleetSettings settings(
      int n, int q, int limit, int partitions, TenantIssuer... tenants) {
    return new FleetSettings(n, q, limit, partitions, List.of(tenants), true, false);
  }

  private static void refused(RejectionCode code, FleetSettings bad) {
    assertEquals(code, assertThrows(Rejected.class, bad::validate).code());
  }

  @Test
  void everySizeWithItsQuorumsAndNoOther() throws Exception {
    for (int n = 0; n <= 9; n++) {
      for (int q = 0; q <= 9; q++) {
        FleetSettings settings = settings(n, q, 10, 1, ACME);
        if ((n == 3 || n == 5 || n == 7) && q > n / 2 && q <= n) {
          assertEquals(settings, settings.validate());
        } else {
          refused(RejectionCode.OUT_OF_RANGE, settings);
        }
      }
    }
  }

  @Test
  void limitsAndPartitionsHaveBounds() throws Exception {
    settings(3, 2, 1, 1, ACME).validate();
    settings(3, 2, 10, 1024, ACME).validate();
    refused(RejectionCode.OUT_OF_RANGE, settings(3, 2, 0, 1, ACME));
    refused(RejectionCode.OUT_OF_RANGE, settings(3, 2, 11, 1, ACME));
    refused(RejectionCode.OUT_OF_RANGE, settings(3, 2, 10, 0, ACME));
    refused(RejectionCode.OUT_OF_RANGE, settings(3, 2, 10, 1025, ACME));
  }

  @Test
  void tenantsAreSortedDistinctAndFew() throws Exception {
    settings(3, 2, 10, 1, ACME, ZETA).validate();
    refused(RejectionCode.OUT_OF_RANGE, settings(3, 2, 10, 1));
    refused(RejectionCode.NOT_CANONICAL, settings(3, 2, 10, 1, ZETA, ACME));
    refused(RejectionCode.NOT_CANONICAL, settings(3, 2, 10, 1, ACME, ACME));
    refused(
        RejectionCode.OUT_OF_RANGE,
        settings(3, 2, 10, 1, new TenantIssuer("acme", Bytes.zeros(31))));
    refused(
        RejectionCode.OUT_OF_RANGE, settings(3, 2, 10, 1, new TenantIssuer("", Bytes.zeros(32))));
    List<TenantIssuer> many = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      many.add(new TenantIssuer("t%02d".formatted(i), Bytes.zeros(32)));
    }
    settings(3, 2, 10, 1, many.subList(0, 64).toArray(TenantIssuer[]::new)).validate();
    refused(RejectionCode.OUT_OF_RANGE, settings(3, 2, 10, 1, many.toArray(TenantIssuer[]::new)));
  }

  @Test
  void anEncodingNamesItsOwnThreshold() throws Exception {
    CanonicalWriter out = new CanonicalWriter();
    settings(5, 4, 10, 3, ACME, ZETA).write(out);
    byte[] good = out.toByteArray();
    assertEquals(
        settings(5, 4, 10, 3, ACME, ZETA), FleetSettings.read(CanonicalReader.over(good.clone())));
    byte[] low = good.clone();
    low[1] = 2;
    assertThrows(Rejected.class, () -> FleetSettings.read(CanonicalReader.over(low)));
  }
}
