package dev.coffer.verification.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.lab.local.VaultKeeper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class VaultKeeperTest {
  private final List<String> warnings = new ArrayList<>();
  private final List<Fake> parts = new ArrayList<>();
  private Instant now = Instant.ofEpochSecond(1_800_000_000);
  private int refreshed;
  private boolean refreshFails;
  private final VaultKeeper keeper =
      new VaultKeeper(
          () -> now,
          () -> List.copyOf(parts),
          () -> {
            if (refreshFails) {
              throw new IOException("the log is gone");
            }
            refreshed++;
          },
          warnings::add);

  /** A process that dies when told, or at once. */
  private static final class Fake implements VaultKeeper.Part {
    private final String name;
    private boolean runs;
    private boolean broken;
    private int starts;

    Fake(String name, boolean runs) {
      this.name = name;
      this.runs = runs;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean runs() {
      return runs;
    }

    @Override
    public void start() throws IOException {
      starts++;
      if (broken) {
        throw new IOException("a port is in use");
      }
      runs = true;
    }
  }

  private Fake part(String name, boolean runs) {
    Fake part = new Fake(name, runs);
    parts.add(part);
    return part;
  }

  private void rounds(int seconds) throws InterruptedException {
    for (int i = 0; i < seconds; i++) {
      keeper.round();
      now = now.plusSeconds(1);
    }
  }

  @Test
  void everythingThatDiesIsStartedAgain() throws Exception {
    Fake log = part("The log", true);
    Fake notary = part("The notary", true);
    Fake node = part("Node 3 of second", true);
    rounds(2);
    assertEquals(List.of(), warnings);
    for (Fake part : parts) {
      part.runs = false;
    }
    rounds(1);
    assertTrue(log.runs && notary.runs && node.runs);
    assertEquals(3, warnings.size());
    assertTrue(warnings.contains("The log has died; starting it again."), "" + warnings);
    // A fleet that somebody adds meanwhile is kept from when it runs, and not before.
    Fake added = part("Node 1 of third", false);
    rounds(5);
    assertEquals(0, added.starts);
    added.runs = true;
    rounds(1);
    added.runs = false;
    rounds(1);
    assertEquals(1, added.starts);
  }

  @Test
  void whatCannotBeStartedIsTriedEverLessOften() throws Exception {
    Fake log = part("The log", true);
    Fake witness = part("The witness 1", true);
    rounds(1);
    log.runs = false;
    log.broken = true;
    rounds(600);
    assertTrue(log.starts >= 10 && log.starts <= 20, log.starts + " starts in ten minutes");
    assertTrue(warnings.contains("The log could not be started: a port is in use"), "" + warnings);
    witness.runs = false;
    rounds(1);
    assertTrue(witness.runs, "one part's trouble is not the others'");
    log.broken = false;
    rounds(61);
    assertTrue(log.runs);
    rounds(122);
    log.runs = false;
    rounds(1);
    assertTrue(log.runs, "having run for a while, it is started at once again");
  }

  @Test
  void theBundleIsRefreshedEveryDay() throws Exception {
    keeper.round();
    assertEquals(0, refreshed, "it was handed out at the start");
    for (int day = 1; day <= 5; day++) {
      now = now.plus(Duration.ofDays(1));
      keeper.round();
      keeper.round();
      assertEquals(day, refreshed);
    }
    refreshFails = true;
    now = now.plus(Duration.ofDays(1));
    rounds(1_801);
    assertEquals(4, warnings.size(), "at once, and every ten minutes: " + warnings);
    refreshFails = false;
    rounds(600);
    assertEquals(6, refreshed);
  }
}
