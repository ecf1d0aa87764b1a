package dev.coffer.verification.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.verification.torture.Disks.Disk;
import dev.coffer.verification.torture.Disks.Stage;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A power cut counts for a stage only if the disks show it. Index i carries k = i − 1 here. */
class DisksTest {
  private static Disk disk(long last, long k, long certified, long hsm) {
    return new Disk(LongStream.rangeClosed(2, last).boxed().toList(), k + 1, k, certified, hsm);
  }

  private static Set<Stage> stages(long heard, Disk first, Disk second, Disk rest) {
    return new Disks(List.of(first, second, rest, rest, rest), 3, heard).stages();
  }

  @Test
  void nothingIsUnderWayWhereAllStandAtWhatWasAnswered() {
    Disk level = disk(10, 9, 9, 9);
    assertEquals(Set.of(), stages(9, level, level, level));
  }

  @Test
  void anIndexInTwoLogsOfFiveIsProposedAndInThreeCommitted() {
    Disk level = disk(10, 9, 9, 9);
    assertEquals(Set.of(Stage.PROPOSED), stages(9, disk(11, 9, 9, 9), level, level));
    assertEquals(Set.of(Stage.PROPOSED), stages(9, disk(11, 9, 9, 9), disk(11, 9, 9, 9), level));
    assertEquals(Set.of(Stage.ORDERED), stages(9, level, level, disk(11, 9, 9, 9)));
  }

  @Test
  void anEntryThatAnHsmHasIsNotOnlyOrdered() {
    Disk ordered = disk(11, 9, 9, 9);
    assertEquals(
        Set.of(Stage.CAPTURED, Stage.HSM_AHEAD),
        stages(9, disk(11, 9, 9, 10), disk(11, 10, 9, 10), ordered));
    assertEquals(
        Set.of(Stage.ORDERED, Stage.CAPTURED, Stage.HSM_AHEAD),
        stages(9, disk(12, 9, 9, 10), disk(12, 9, 9, 9), disk(12, 9, 9, 9)));
  }

  @Test
  void aQuorumOfHsmsMayHaveCertified() {
    assertEquals(Set.of(), stages(9, disk(11, 9, 9, 9), disk(11, 9, 9, 9), disk(11, 10, 9, 10)));
  }

  @Test
  void whatAClientHasHeardOfIsAnswered() {
    Disk certified = disk(11, 10, 10, 10);
    assertEquals(Set.of(Stage.CERTIFIED), stages(9, certified, certified, certified));
    assertEquals(Set.of(), stages(10, certified, certified, certified));
  }

  @Test
  void aStoreMayBeAheadOfItsHsm() {
    Disk level = disk(10, 9, 9, 9);
    assertEquals(Set.of(Stage.HSM_BEHIND), stages(9, disk(10, 9, 9, 5), level, level));
  }
}
