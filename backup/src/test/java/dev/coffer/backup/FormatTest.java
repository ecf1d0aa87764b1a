package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.object.AgeFile;
import dev.coffer.backup.object.Compression;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.SnapshotText;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The small encodings: keys, names, paths, lines, gzip. Values that are written down here are the
 * format.
 */
@Tag("long")
class FormatTest {
  private static BackupKey counting() {
    byte[] k = new byte[32];
    for (int i = 0; i < k.length; i++) {
      k[i] = (byte) i;
    }
    try (SecretBytes secret = SecretBytes.wrap(k)) {
      return BackupKey.derive(secret);
    }
  }

  private static Bytes mac(BackupKey key, ObjectKind kind, byte[] content, int size) {
    return new SealedObjects(new FaultyStore(), key).mac(kind, content, size);
  }

  @Test
  void keysAreDerivedAsDocumented() {
    try (BackupKey key = counting();
        SecretBytes identity = key.identity()) {
      // The same values stand in docs/restore-with-age.md.
      assertEquals(IDENTITY, new String(identity.copy(), StandardCharsets.US_ASCII));
      assertEquals(RECIPIENT, key.recipient());
      byte[] content = "content".getBytes(StandardCharsets.US_ASCII);
      assertEquals(NAME, mac(key, ObjectKind.DATA, content, content.length).hex());
    }
  }

  private static final String IDENTITY =
      "AGE-SECRET-KEY-1PTY2T3TDVWZWJQSTHFF77FLU5L8VC6KUKDSZ82MNGHPDVA6QXNZQ9A7VG2";
  private static final String RECIPIENT =
      "age1l48u90ajh976fwzrwtycw2ddxtjwy5pkgjwcangyy65vaxwlk5uqdt4tl4";
  private static final String NAME =
      "fce79b1f068c0cc0c194b531884ab6ae18625d191e4299ac6375978d5bf5a8e6";

  @Test
  void namesDependOnContentKindAndKey() {
    byte[] content = {1, 2, 3};
    TreeSet<String> names = new TreeSet<>();
    for (ObjectKind kind : ObjectKind.values()) {
      names.add(mac(counting(), kind, content, 3).hex());
      names.add(mac(counting(), kind, content, 2).hex());
      try (SecretBytes other = SecretBytes.wrap(new byte[32])) {
        names.add(mac(BackupKey.derive(other), kind, content, 3).hex());
      }
    }
    assertEquals(3 * ObjectKind.values().length, names.size());
  }

  @Test
  void dataNamesHaveOneSpelling() {
    Bytes mac = Bytes.fromHex("0123456789abcdeffedcba987654321000000000000000000000000000000001");
    for (int variant = 0; variant <= DataName.VARIANT_MAX; variant++) {
      DataName name = DataName.of(mac, variant);
      assertEquals(Optional.of(name), DataName.parse(name.text()));
      assertEquals(Optional.of(name), DataName.ofPath(name.path()));
      assertTrue(name.hasMac(mac));
    }
    String hex = mac.hex();
    for (String bad :
        List.of(
            "",
            hex + "-0",
            hex + "-10",
            hex + "-",
            hex + "1",
            hex.substring(1),
            hex.replace('a', 'A'),
            hex + "-a",
            "g" + hex.substring(1))) {
      assertEquals(Optional.empty(), DataName.parse(bad), bad);
    }
    for (String bad :
        List.of(
            "data/02/" + hex,
            "data/" + hex,
            "data/01/" + hex + "x",
            "dat",
            "data/01",
            "xata/01/" + hex)) {
      assertEquals(Optional.empty(), DataName.ofPath(bad), bad);
    }
  }

  @Test
  void pathsComeBackOctetForOctet() {
    Random random = new Random(11);
    for (int round = 0; round < 3000; round++) {
      byte[] name = new byte[1 + random.nextInt(12)];
      random.nextBytes(name);
      if (round % 3 == 0) {
        byte[] text = "grüße\\日本 🙂\t\n".getBytes(StandardCharsets.UTF_8);
        name = Arrays.copyOf(text, 1 + random.nextInt(text.length));
      }
      Optional<EntryPath> path = EntryPath.ROOT.child(name);
      boolean bad =
          new String(name, StandardCharsets.ISO_8859_1).matches("(?s).*[/\0].*|\\.|\\.\\.");
      assertEquals(!bad, path.isPresent(), Arrays.toString(name));
      if (path.isPresent()) {
        String text = path.get().text();
        assertEquals(path, EntryPath.parse(text));
        assertTrue(text.chars().noneMatch(c -> c < 0x20 || c == 0x7f), text);
        assertArrayEquals(name, EntryPath.unescape(text).orElseThrow());
      }
    }
  }

  @Test
  void aDirectoryIsFollowedByItsContent() {
    List<String> sorted = List.of(".", "a", "a/b", "a/b/c", "a/z", "a!", "a-b", "a.", "aa", "b");
    TreeSet<EntryPath> paths = new TreeSet<>();
    sorted.forEach(path -> paths.add(EntryPath.parse(path).orElseThrow()));
    assertEquals(sorted, paths.stream().map(EntryPath::text).toList());
  }

  @Test
  void gzipComesBackAndHidesTheExactSize() throws Exception {
    for (int size :
        new int[] {0, 1, 255, 16_384, 16_385, 100_000, BackupLimits.PAGE, BackupLimits.PACK_MAX}) {
      for (byte[] content :
          List.of(Sandbox.noise(size, size), Sandbox.prose(size, size), new byte[size])) {
        byte[] packed = Compression.pack(content, size);
        assertEquals(packed.length, Compression.padded(packed.length), "a padded length");
        assertArrayEquals(content, Compression.unpack(packed, size));
        if (size > 0) {
          assertThrows(IOException.class, () -> Compression.unpack(packed, size - 1));
        }
        assertTrue(AgeFile.seal(counting(), packed).length <= BackupLimits.OBJECT_MAX);
      }
    }
  }

  @Test
  void paddingIsSmall() {
    for (int size = 300; size < 5_000_000; size += size / 7) {
      int padded = Compression.padded(size);
      assertTrue(padded >= size && padded <= size + size * 12L / 100, size + " to " + padded);
      assertEquals(padded, Compression.padded(padded));
    }
    assertTrue(Compression.padded(BackupLimits.PAGE + 1) <= BackupLimits.PAGE * 104L / 100);
  }

  @Test
  void damagedGzipIsRefused() {
    byte[] packed = Compression.pack(Sandbox.prose(1, 1000), 1000);
    for (int at = 0; at < packed.length; at++) {
      if (at >= 4 && at < 10 || packed[at] == ' ') {
        continue; // time, system and padding mean nothing
      }
      byte[] bad = packed.clone();
      bad[at] ^= 1;
      int flipped = at;
      assertThrows(IOException.class, () -> checkedUnpack(bad), "octet " + flipped);
    }
  }

  private static void checkedUnpack(byte[] bad) throws IOException {
    if (!Arrays.equals(Compression.unpack(bad, 4000), Sandbox.prose(1, 1000))) {
      throw new IOException("wrong content, which the MAC in the name notices");
    }
    throw new IOException("right content in spite of the damage to unused bits");
  }

  @Test
  void snapshotsHaveOneSpelling() {
    SnapshotText contents =
        new SnapshotText(
            Sandbox.START,
            "/home/user",
            List.of("letters", "photos/a b.jpg"),
            List.of("before-the-move"),
            1,
            2,
            3,
            4,
            5,
            0,
            "-",
            List.of(new Piece(DataName.of(Bytes.zeros(32), 0), 0, 9)));
    String text = contents.text();
    assertEquals(Optional.of(contents), SnapshotText.parse(text));
    for (String bad :
        List.of(
            "",
            "\n",
            text.replace("coffer-snapshot 2", "coffer-snapshot 3"),
            text.replace("end\n", ""),
            text + "x\n",
            text.replace("files 1", "files -1"),
            text.replace("time 2", "time x"),
            text.replace("\t9", "\t0"))) {
      assertEquals(Optional.empty(), SnapshotText.parse(bad), bad);
    }
    assertEquals(Optional.empty(), SnapshotId.parse("20301332T000000Z-" + "0".repeat(64)));
    assertEquals(Optional.empty(), SnapshotId.parse("../" + "0".repeat(64)));
  }
}
