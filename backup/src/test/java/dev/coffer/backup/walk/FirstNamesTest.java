package dev.coffer.backup.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.tree.Attributes;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.protocol.codec.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirstNamesTest {
  private static EntryPath path(String name) {
    return EntryPath.ROOT.child(name.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  private static FileVersion version(int inode, int names) {
    return new FileVersion(
        FileVersion.Type.REGULAR_FILE,
        0644,
        Instant.EPOCH,
        5L + inode,
        "-",
        Optional.empty(),
        names,
        inode);
  }

  private static Bytes sha256(int inode) {
    byte[] octets = new byte[32];
    octets[31] = (byte) inode;
    return Bytes.wrap(octets);
  }

  private static Entry.RegularFile file(String name, int inode) {
    return new Entry.RegularFile(
        path(name),
        0644,
        Instant.EPOCH,
        5L + inode,
        sha256(inode),
        "-",
        List.of(),
        Attributes.NONE);
  }

  @Test
  void aFileIsForgottenWhenItsLastNameCame() {
    FirstNames names = new FirstNames(10);
    names.add(file("alone", 1), version(1, 1));
    assertEquals(0, names.awaited());
    names.add(file("å", 2), version(2, 3));
    assertEquals(1, names.awaited());
    for (String more : List.of("b", "c")) {
      assertEquals(
          Optional.of(new Entry.HardLink(path(more), path("å"), 7, sha256(2))),
          names.another(path(more), version(2, 3)));
    }
    assertEquals(0, names.awaited());
    assertEquals(Optional.empty(), names.another(path("d"), version(2, 3)), "a new name meanwhile");
    assertEquals(Optional.empty(), names.notice());
  }

  @Test
  void moreThanCanBeToldApartAreSaid() {
    FirstNames names = new FirstNames(2);
    for (int inode = 1; inode <= 4; inode++) {
      names.add(file("a" + inode, inode), version(inode, 2));
    }
    assertTrue(names.another(path("b1"), version(1, 2)).isPresent());
    assertTrue(names.another(path("b2"), version(2, 2)).isPresent());
    assertEquals(Optional.empty(), names.another(path("b3"), version(3, 2)));
    assertTrue(names.notice().orElseThrow().sentence().endsWith("files of their own: 2"));
    names.add(file("a5", 5), version(5, 2));
    assertEquals(1, names.awaited(), "there is room again");
  }
}
