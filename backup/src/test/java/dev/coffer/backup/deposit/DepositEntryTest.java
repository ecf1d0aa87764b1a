package dev.coffer.backup.deposit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.DepositKey;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.object.AgeFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An entry is what its writer signed for this box and place, or it is refused. */
class DepositEntryTest {
  private static final byte[] CONTENT = "a message".getBytes(UTF_8);

  private static SecretBytes secret(int number) {
    byte[] octets = new byte[32];
    new Random(number).nextBytes(octets);
    return SecretBytes.wrap(octets);
  }

  private static final DepositKey BOX = DepositKey.derive(secret(1));
  private static final DepositKey OTHER_BOX = DepositKey.derive(secret(2));
  private static final Bytes WRITER = Ed25519.publicKey(secret(3));
  private static final Bytes OTHER_WRITER = Ed25519.publicKey(secret(4));

  private static byte[] sealed(DepositKey box) {
    return new DepositEntry(WRITER, 7, 5, CONTENT).seal(box.recipient(), secret(3));
  }

  private static DepositEntry open(byte[] object, Bytes writer, long number)
      throws DepositEntry.Refused {
    try (SecretBytes identity = BOX.identity()) {
      return DepositEntry.open(object, writer, number, BOX.recipient(), identity);
    }
  }

  private static void assertRefused(String why, byte[] object, Bytes writer, long number) {
    DepositEntry.Refused refused =
        assertThrows(DepositEntry.Refused.class, () -> open(object, writer, number));
    assertTrue(refused.why().contains(why), refused.why());
  }

  @Test
  void opensWhatItsWriterSealed() throws Exception {
    DepositEntry entry = open(sealed(BOX), WRITER, 7);
    assertArrayEquals(CONTENT, entry.content());
    assertEquals(5, entry.previous());
  }

  /** The signature covers everything but itself, and the name. */
  @Test
  void aFlippedBitAnywhereIsRefused() {
    byte[] object = sealed(BOX);
    for (int i = 0; i < object.length; i += i < 130 ? 3 : 37) {
      byte[] flipped = object.clone();
      flipped[i] ^= 1;
      assertThrows(DepositEntry.Refused.class, () -> open(flipped, WRITER, 7), "octet " + i);
    }
    for (int size = 0; size < object.length; size += size < 130 ? 1 : 41) {
      byte[] cut = java.util.Arrays.copyOf(object, size);
      assertThrows(DepositEntry.Refused.class, () -> open(cut, WRITER, 7), "size " + size);
    }
  }

  @Test
  void anotherPlaceBoxOrWriterIsRefused() {
    assertRefused("moved to another place", sealed(BOX), WRITER, 8);
    assertRefused("no deposit of this writer", sealed(BOX), OTHER_WRITER, 7);
    assertRefused("not signed by its writer for this box", sealed(OTHER_BOX), WRITER, 7);
    byte[] backwards = new DepositEntry(WRITER, 7, 7, CONTENT).seal(BOX.recipient(), secret(3));
    assertRefused("impossible number", backwards, WRITER, 7);
  }

  /** One writer of the box puts his name on the age file of another, which he cannot read. */
  @Test
  void whatAnotherWriterEncryptedCannotBeSignedAsOnesOwn() {
    byte[] theirs = sealed(BOX);
    byte[] stolen =
        signedAnew(java.util.Arrays.copyOfRange(theirs, DepositEntry.SEALED, theirs.length));
    assertRefused("holds what somebody else wrote", stolen, OTHER_WRITER, 7);
  }

  @Test
  void whatIsEncryptedToAnotherBoxIsRefused() {
    byte[] foreign = AgeFile.seal(OTHER_BOX.recipient(), CONTENT);
    assertRefused("not encrypted to this box", signedAnew(foreign), OTHER_WRITER, 7);
    byte[] plain = AgeFile.seal(BOX.recipient(), CONTENT);
    assertRefused("not encrypted to this box, or too large", signedAnew(plain), OTHER_WRITER, 7);
  }

  /** As OTHER_WRITER signs any age file as his entry 7. */
  private static byte[] signedAnew(byte[] age) {
    return DepositEntry.sign(age, BOX.recipient(), OTHER_WRITER, 7, 5, secret(4));
  }

  @Test
  void keysOfBoxAndRepositoryHaveNothingInCommon() {
    try (dev.coffer.backup.BackupKey key = dev.coffer.backup.BackupKey.derive(secret(1))) {
      assertTrue(!key.recipient().equals(BOX.recipient()));
    }
    assertTrue(BOX.recipient().matches("age1[a-z0-9]{58}"));
  }

  /** No writer crowds another out, and what is left over comes next time. */
  @Test
  void eachWriterIsTakenInUpToALimit(@TempDir Path home) throws Exception {
    FolderStore inbox = FolderStore.at(home.resolve("inbox"));
    Clock clock = Clock.fixed(Instant.ofEpochMilli(5), ZoneOffset.UTC);
    for (int key = 3; key <= 4; key++) {
      FolderStore own = FolderStore.at(home.resolve("own" + key));
      try (SecretBytes seed = secret(key)) {
        Depositor depositor = new Depositor(inbox, own, BOX.recipient(), seed, clock);
        for (int i = 0; i < (key == 3 ? 4 : 1); i++) {
          depositor.put(new byte[] {(byte) i});
        }
      }
    }
    FolderStore folder = FolderStore.at(home.resolve("folder"));
    List<Bytes> writers = List.of(WRITER, OTHER_WRITER);
    DepositReport report = new DepositInbox(inbox, folder, BOX, writers, 3).takeIn();
    assertEquals(4, report.taken());
    assertEquals(4, report.bytes());
    assertEquals(List.of(), report.problems());
    assertEquals(1, report.notices().size());
    assertTrue(report.notices().get(0).subject().equals("deposit/" + WRITER.hex()));
    report = new DepositInbox(inbox, folder, BOX, writers, 3).takeIn();
    assertEquals(1, report.taken());
    assertEquals(List.of(), report.notices());
    String state = new String(folder.get(DepositInbox.STATE, 1000).orElseThrow(), UTF_8);
    assertTrue(state.contains(WRITER.hex() + " 8\n"), state);
    assertThrows(
        IllegalArgumentException.class,
        () -> new DepositInbox(inbox, folder, BOX, Collections.nCopies(101, WRITER)));
  }

  /** Against a set that remembers every number, in any order of arrival. */
  @Test
  void numbersAreTakenOnceInAnyOrder() {
    Random random = new Random(5);
    for (int round = 0; round < 40; round++) {
      TreeMap<Long, Long> made = new TreeMap<>();
      long last = 0;
      for (int i = 0; i < 12; i++) {
        long next = last + 1 + random.nextInt(4);
        made.put(next, last);
        last = next;
      }
      java.util.List<Long> order = new java.util.ArrayList<>(made.keySet());
      java.util.Collections.shuffle(order, random);
      TakenNumbers numbers = new TakenNumbers();
      TreeSet<Long> model = new TreeSet<>();
      for (long number : order) {
        for (long other : made.keySet()) {
          assertEquals(model.contains(other), numbers.isTaken(other), numbers.text());
        }
        numbers.take(number, made.get(number));
        model.add(number);
        numbers = TakenNumbers.parse(numbers.text());
      }
      assertEquals(0, numbers.gaps(), "all have come: " + numbers.text());
      assertEquals(last, numbers.last());
    }
  }

  /**
   * With as many gaps as are remembered, what opens one more waits, and what closes one does not.
   */
  @Test
  void aFullListOfGapsStillTakesWhatClosesOne() {
    TakenNumbers numbers = new TakenNumbers();
    for (int i = 1; i <= BackupLimits.DEPOSIT_GAPS_MAX; i++) {
      long number = 10L * i;
      assertTrue(numbers.mayTake(number, number - 2));
      numbers.take(number, number - 2);
    }
    assertEquals(BackupLimits.DEPOSIT_GAPS_MAX, numbers.gaps());
    long end = numbers.last();
    assertFalse(numbers.mayTake(end + 10, end + 8), "one more");
    assertTrue(numbers.mayTake(end + 10, end), "none more");
    assertFalse(numbers.mayTake(14, 12), "two of one");
    assertTrue(numbers.mayTake(18, 12), "one of one");
    assertTrue(TakenNumbers.parse(numbers.text()).mayTake(18, 12));
    numbers.take(18, 10);
    assertEquals(BackupLimits.DEPOSIT_GAPS_MAX - 1, numbers.gaps());
  }

  @Test
  void aStateThatNobodyWroteIsRefused() {
    for (String text :
        new String[] {"", "x", "-1", "01", "5,", "5,1", "5,3-1", "5,1-5", "5,2-3,1-1", "5,1-2-3"}) {
      assertThrows(IllegalArgumentException.class, () -> TakenNumbers.parse(text), text);
    }
    assertEquals("9,1-2,4-6", TakenNumbers.parse("9,1-2,4-6").text());
  }
}
