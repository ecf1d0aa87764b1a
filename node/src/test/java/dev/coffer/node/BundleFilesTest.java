package dev.coffer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.FleetState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @BeforeEach
  void first() throws IOException {
    files = new BundleFiles(Optional.of(folder));
    put(publish(FleetState.ACTIVE));
  }

  private BundleDelivery publish(FleetState state) {
    long now = TransparencyWorld.START;
    world.publish(world.next(now, TransparencyWorld.listed(fleet, state)));
    return world.delivery(now);
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
    return BundleDelivery.of(files.delivery(fleet, List.of()));
  }

  @Test
  void aPinnedFleetHasNone() {
    BundleFiles none = new BundleFiles(Optional.empty());
    assertEquals(BundleDelivery.NONE, BundleDelivery.of(none.delivery(fleet, List.of())));
    assertFalse(none.retired());
    assertEquals(Bytes.EMPTY, none.fleets());
  }

  @Test
  void aNewBundleIsServedWithoutARestart() throws IOException {
    BundleDelivery before = served();
    assertEquals(world.delivery(TransparencyWorld.START), before);
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
