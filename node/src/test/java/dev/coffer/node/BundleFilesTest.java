package dev.coffer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nodes hand out while the operator copies files about. */
final class BundleFilesTest {
  private final Fleet fleet = TransparencyWorld.fleet("a");
  private final TransparencyWorld world = new TransparencyWorld();
  @TempDir private Path folder;
  private BundleFiles files;
  private long now = TransparencyWorld.START;

  @BeforeEach
  void first() throws IOException {
    files = new BundleFiles(Optional.of(folder), fleet, () -> Instant.ofEpochSecond(now));
    put(publish(FleetState.ACTIVE));
  }

  private BundleDelivery publish(FleetState state) {
    long now = TransparencyWorld.START;
    world.publish(world.next(now, TransparencyWorld.listed(fleet, state)));
    return delivery(world);
  }

  /** With the first trust policy, as operators hand it out. */
  private static BundleDelivery delivery(TransparencyWorld of) {
    return of.delivery(TransparencyWorld.START, TransparencyWorld.signed(of.policy(), of.roots));
  }

  private void put(BundleDelivery bundle) throws IOException {
    put("fleet.note", bundle.note());
    put("fleet.tlog-proof", bundle.proof());
    put("trust-policies", bundle.policies());
  }

  /** By a rename, as the operator's command does it. */
  private void put(String name, Bytes content) throws IOException {
    Path made = Files.write(folder.resolve("new"), content.toByteArray());
    Files.move(made, folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private BundleDelivery served() {
    return BundleDelivery.of(files.delivery(List.of()));
  }

  @Test
  void aPinnedFleetHasNone() {
    BundleFiles none = new BundleFiles(Optional.empty(), fleet, () -> Instant.EPOCH);
    assertEquals(BundleDelivery.NONE, BundleDelivery.of(none.delivery(List.of())));
    assertEquals(Optional.empty(), none.warning(Instant.EPOCH));
    assertFalse(none.retired());
    assertEquals(Bytes.EMPTY, none.fleets());
  }

  @Test
  void aNewBundleIsServedWithoutARestart() throws IOException {
    BundleDelivery before = served();
    assertEquals(delivery(world), before);
    BundleDelivery next = publish(FleetState.RETIRING);
    put(next);
    assertEquals(next, served());
  }

  @Test
  void halfACopyIsNeverServed() throws IOException {
    BundleDelivery before = served();
    BundleDelivery next = publish(FleetState.RETIRING);
    put("fleet.note", next.note());
    assertEquals(before, served());
    put("fleet.tlog-proof", next.proof());
    assertEquals(next, served());
  }

  @Test
  void damagedOrHugeFilesChangeNothing() throws IOException {
    BundleDelivery before = served();
    put("fleet.tlog-proof", Bytes.wrap("c2sp.org/nothing".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(before, served());
    put("fleet.tlog-proof", before.proof());
    put("fleet.note", Bytes.zeros((16 << 10) + 1));
    assertEquals(before, served());
    put("fleet.note", before.note());
    put("trust-policies", Bytes.zeros(3));
    assertEquals(before, served());
    Files.delete(folder.resolve("fleet.note"));
    assertEquals(before, served());
  }

  private void assertRefused(String why) {
    String said = files.refused().orElse("nothing");
    assertTrue(said.contains(why), said);
  }

  @Test
  void anotherVaultsBundleIsNotHandedOut() throws IOException {
    BundleDelivery before = served();
    TransparencyWorld other = new TransparencyWorld();
    Fleet stranger = TransparencyWorld.fleet("b");
    other.publish(other.next(now, TransparencyWorld.listed(stranger, FleetState.ACTIVE)));
    put(delivery(other));
    assertEquals(before, served());
    assertRefused("the bundle does not list this fleet");
    // A fleet that is retired may have left the list: its clients are to learn where to go.
    put("retired", Bytes.EMPTY);
    assertEquals(delivery(other), served());
    assertEquals(Optional.empty(), files.refused());
  }

  @Test
  void aChangedOctetIsFoundWhereverItIs() throws IOException {
    BundleDelivery good = publish(FleetState.RETIRING);
    BundleDelivery before = served();
    for (String name : List.of("fleet.note", "fleet.tlog-proof", "trust-policies")) {
      put(good);
      assertEquals(good, served());
      byte[] octets = Files.readAllBytes(folder.resolve(name));
      // Of five roots' signatures three suffice: a client minds none of the others.
      String text = new String(octets, StandardCharsets.ISO_8859_1);
      int end = name.equals("trust-policies") ? text.indexOf("\n\n") : octets.length;
      for (int at = 5; at < end; at += 97) {
        byte[] changed = octets.clone();
        changed[at] ^= 1;
        put(name, Bytes.wrap(changed));
        assertEquals(good, served(), name + " at " + at);
        assertTrue(files.refused().isPresent(), name + " at " + at);
      }
    }
    assertFalse(before.equals(good));
  }

  @Test
  void whatNobodyCanVerifyIsNotHandedOut() throws IOException {
    BundleDelivery before = served();
    put(world.delivery(now));
    assertEquals(before, served());
    assertRefused("trust-policies holds none");
  }

  private void assertWarns(long at, String what) {
    String said = files.warning(Instant.ofEpochSecond(at)).orElse("nothing");
    assertTrue(said.contains(what), said);
  }

  @Test
  void ageIsToldBeforeClientsRefuse() {
    BundleJudge.Sound sound = files.sound().orElseThrow();
    assertEquals(1, sound.epoch());
    assertEquals(2, sound.witnesses());
    assertEquals(Optional.of(Instant.ofEpochSecond(now)), sound.seen());
    long soft = now + TrustPolicy.MAX_AGE_SOFT;
    long hard = now + TrustPolicy.MAX_AGE_HARD;
    assertEquals(Optional.empty(), files.warning(Instant.ofEpochSecond(soft - 1)));
    assertWarns(soft, "Clients will refuse everybody from " + Instant.ofEpochSecond(hard));
    assertWarns(hard, "Clients refuse everybody since " + Instant.ofEpochSecond(hard));
    assertWarns(now - 3 * TransparencyWorld.DAY, "set the clock");
  }

  /** A node that starts after a week, or with a wrong clock, has nothing better to hand out. */
  @Test
  void anOldBundleIsHandedOutAllTheSame() throws IOException {
    BundleDelivery good = served();
    for (long days : List.of(-3L, 8L, 400L)) {
      now = TransparencyWorld.START + days * TransparencyWorld.DAY;
      files = new BundleFiles(Optional.of(folder), fleet, () -> Instant.ofEpochSecond(now));
      assertEquals(good, served());
      assertEquals(Optional.empty(), files.refused());
      assertTrue(files.warning(Instant.ofEpochSecond(now)).isPresent());
    }
  }

  @Test
  void retirementAndDirectoryAreFiles() throws IOException {
    assertFalse(files.retired());
    put("retired", Bytes.EMPTY);
    Bytes directory = Bytes.wrap("00 https://127.0.0.1:1".getBytes(StandardCharsets.US_ASCII));
    put("fleets", directory);
    assertTrue(files.retired());
    assertEquals(directory, files.fleets());
    Files.delete(folder.resolve("retired"));
    assertFalse(files.retired());
  }
}
