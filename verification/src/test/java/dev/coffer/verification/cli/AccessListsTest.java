package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access control lists that setfacl made: the command counts them, and nobody gets more. */
class AccessListsTest {
  private static final String DIGITS =
      "00112233 44556677 8899aabb ccddeeff 00112233 44556677 8899AABB ccddeeff 46 6a 0e 5c 18 79 5c dd";

  @TempDir private Path home;

  private boolean setfacl(String rules, Path file) throws InterruptedException {
    try {
      return new ProcessBuilder("setfacl", "-m", rules, file.toString())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("setfacl.log").toFile())
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Path file(String name, String mode) throws IOException {
    Path file = Files.writeString(home.resolve("data").resolve(name), name);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private String restored(String name) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(home.resolve("back").resolve(name)));
  }

  /** A program that may more than who starts it, which needs the administrator to make. */
  @Test
  void capabilitiesAreCountedToo() throws Exception {
    Files.createDirectory(home.resolve("data"));
    Path tool = file("tool", "rwxr-xr-x");
    boolean made;
    try {
      made =
          new ProcessBuilder("setcap", "cap_net_raw+ep", tool.toString())
                  .redirectErrorStream(true)
                  .redirectOutput(home.resolve("setcap.log").toFile())
                  .start()
                  .waitFor()
              == 0;
    } catch (IOException e) {
      made = false;
    }
    if (!made) {
      System.out.println("SKIPPED AccessListsTest: no setcap, or nobody who may use it");
    }
    assumeTrue(made, "this user may not give programs capabilities, or there is no setcap");
    CommandLineUser alice = CommandLineUser.of(home, "alice");
    alice.run(List.of(DIGITS), "key", "use").exits(0);
    String said = "tool: had an access control list or capabilities, which a backup does not keep";
    alice.run("backup", home.resolve("data").toString()).exits(0).says(said);
    alice.run("restore", home.resolve("back").toString()).exits(0).warns(said);
    assertEquals("rwxr-xr-x", restored("tool"));
  }

  @Test
  void areCountedAndTheirModesGiveNobodyMore() throws Exception {
    Files.createDirectory(home.resolve("data"));
    boolean made = setfacl("u:1234:rw", file("gr\u00fc\u00dfe", "rw-r-----"));
    if (!made) {
      System.out.println("SKIPPED AccessListsTest: no setfacl, or a disk without lists");
    }
    assumeTrue(made, "setfacl is not installed");
    assertEquals(
        "rw-rw----",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(home.resolve("data/gr\u00fc\u00dfe"))),
        "the mode shows the mask");
    setfacl("u:1234:-", file("user", "rw-rw-r--"));
    setfacl("g:1234:r", file("group", "rw-rw-rw-"));
    setfacl("m::r", file("mask", "rw-rw----"));
    setfacl("u:1234:rwx,m::rx", file("wide", "rwxr-xrwx"));
    file("plain", "rw-rw-r--");
    setfacl("d:u:1234:rwx", Files.createDirectory(home.resolve("data/folder")));

    CommandLineUser alice = CommandLineUser.of(home, "alice");
    alice.run(List.of(DIGITS), "key", "use").exits(0);
    alice
        .run("backup", home.resolve("data").toString())
        .exits(0)
        .says(
            "had an access control list or capabilities, which a backup does not keep; entries like that: 6");
    alice
        .run("restore", home.resolve("back").toString())
        .exits(0)
        .warns(
            "had an access control list or capabilities, which a backup does not keep; entries like that: 6");
    assertEquals("rw-r-----", restored("gr\u00fc\u00dfe"), "the group's own entry");
    assertEquals("rw-------", restored("user"), "one of group or others had nothing");
    assertEquals("rw-rw-r--", restored("group"), "a member of that group could not write");
    assertEquals("rw-r-----", restored("mask"));
    assertEquals("rwxr-xr-x", restored("wide"), "nor could the one with the mask's bits");
    assertEquals("rw-rw-r--", restored("plain"));
    alice
        .run("backup", "--json", home.resolve("data").toString())
        .exits(0)
        .says("{\"kind\":\"ACCESS_LIST\",\"subject\":\"");
    alice
        .run("restore", "--json", home.resolve("back").toString())
        .exits(0)
        .says("entries like that: 6\"}]");
  }
}
