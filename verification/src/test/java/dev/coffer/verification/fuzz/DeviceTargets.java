package dev.coffer.verification.fuzz;

import static dev.coffer.verification.fuzz.Codecs.utf8;

import dev.coffer.backup.BackupKey;
import dev.coffer.backup.SnapshotId;
import dev.coffer.cli.Failure;
import dev.coffer.cli.config.Defaults;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.SixtyFourDigitKey;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.client.secret.UnreadableKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a user's device reads: what is typed, its configuration, a repository somebody else holds.
 */
final class DeviceTargets {
  private DeviceTargets() {}

  static List<Target> all() {
    Path folder = temporary();
    return List.of(
        Codecs.survives(
            "recovery-code",
            List.of(utf8("123456"), utf8("١٢٣٤٥٦"), utf8("пароль\u00a0e\u0301t\u00e9")),
            DeviceTargets::code),
        Codecs.survives(
            "sixty-four-digits",
            List.of(utf8("0123 4567-89ab cdef ".repeat(4)), utf8("0".repeat(64))),
            DeviceTargets::digits),
        Codecs.survives("cli-configuration", List.of(configuration()), in -> config(folder, in)),
        Codecs.survives("fleet-address", List.of(address()), input -> fleetAddress(folder, input)),
        snapshot(),
        listingLine("listing-entry", "parseEntry", LISTING),
        listingLine("listing-piece", "parsePiece", "p\t" + "0".repeat(64) + "\t0\t1"),
        dataName(),
        snapshotId(),
        compressed(),
        listPage(),
        new HostileBackup(folder).target());
  }

  private static final String LISTING =
      "f\t0644\t1700000000.000000000\t3\t" + "a".repeat(64) + "\t1:2:3\tnames/tab\\011x";

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("coffer-fuzz");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Bytes> code(Bytes input) {
    char[] typed = new String(input.toByteArray(), StandardCharsets.UTF_8).toCharArray();
    try (RecoveryCode code = RecoveryCode.typed(typed);
        SecretBytes once = code.normalised()) {
      char[] again = new String(once.copy(), StandardCharsets.UTF_8).toCharArray();
      try (RecoveryCode same = RecoveryCode.typed(again);
          SecretBytes twice = same.normalised()) {
        if (!Bytes.wrap(once.copy()).equals(Bytes.wrap(twice.copy()))) {
          throw new AssertionError("normalising twice differs from once: " + input);
        }
      } catch (UnacceptableCode e) {
        throw new AssertionError("a normalised code is refused: " + input, e);
      }
      return Optional.of(input);
    } catch (UnacceptableCode e) {
      return Optional.empty();
    }
  }

  private static Optional<Bytes> digits(Bytes input) {
    char[] typed = new String(input.toByteArray(), StandardCharsets.UTF_8).toCharArray();
    try {
      SixtyFourDigitKey.parseUnchecked(typed).destroy();
      return Optional.of(input);
    } catch (UnreadableKey e) {
      return Optional.empty();
    }
  }

  private static Bytes configuration() {
    return utf8("home = /srv/fleet\nbackup.repository=s3://a/b\n# a comment\nuser=al\\u0069ce\n");
  }

  private static Optional<Bytes> config(Path folder, Bytes input) throws IOException {
    Path file = folder.resolve("config.properties");
    file.toFile().deleteOnExit();
    Files.write(file, input.toByteArray());
    try {
      Defaults.load(List.of("--config", file.toString()), Map.of(), folder);
      return Optional.of(input);
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  private static Bytes address() {
    return utf8(
        "pin=" + "ab".repeat(32) + "\nnodes=https\\://a\\:1 https\\://b\\:2\nauthority=ca.pem\n");
  }

  private static Optional<Bytes> fleetAddress(Path folder, Bytes input) throws IOException {
    Path file = folder.resolve("fleet.properties");
    file.toFile().deleteOnExit();
    Files.write(file, input.toByteArray());
    try {
      FleetAddress.read(folder);
      return Optional.of(input);
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /** A snapshot's text is read from whoever has K; what is accepted is written the same. */
  private static Target snapshot() {
    Doors.Door parse = Doors.door("backup.snapshot.SnapshotText", "parse", String.class);
    Doors.Door text = Doors.door("backup.snapshot.SnapshotText", "text");
    Bytes seed =
        utf8(
            "coffer-snapshot 1\ntime 20300102T030405Z\nsource /home/a\nfiles 1\ndirectories 1\n"
                + "links 0\nbytes 3\nproblems 0\np\t"
                + "0".repeat(64)
                + "\t0\t99\nend\n");
    return Codecs.survives(
        "snapshot",
        List.of(seed),
        input -> {
          Object read = parse.call(null, new String(input.toByteArray(), StandardCharsets.UTF_8));
          Optional<?> contents = (Optional<?>) read;
          if (contents.isPresent()) {
            Object again = parse.call(null, text.call(contents.get()));
            if (!read.equals(again)) {
              throw new AssertionError("a snapshot is written as another: " + input);
            }
          }
          return contents;
        });
  }

  private static Target listingLine(String name, String parser, String seed) {
    Doors.Door parse = Doors.door("backup.tree.ListingLine", parser, String.class);
    return Codecs.survives(
        name,
        List.of(utf8(seed), utf8("d\t0755\t1700000000.000000000\t-\t-\t-\tdir")),
        input -> parse.call(null, new String(input.toByteArray(), StandardCharsets.UTF_8)));
  }

  private static Target dataName() {
    Doors.Door parse = Doors.door("backup.object.DataName", "parse", String.class);
    Doors.Door text = Doors.door("backup.object.DataName", "text");
    return new Target(
        "data-name",
        List.of(utf8("0123456789abcdef".repeat(4)), utf8("0123456789abcdef".repeat(4) + "-1")),
        input -> {
          Optional<String> name = Codecs.utf8(input);
          Optional<?> read = name.isEmpty() ? name : (Optional<?>) parse.call(null, name.get());
          return read.isEmpty()
              ? Optional.empty()
              : Optional.of(utf8((String) text.call(read.get())));
        });
  }

  private static Target snapshotId() {
    return new Target(
        "snapshot-id",
        List.of(utf8("20300102T030405Z-" + "0a".repeat(32))),
        input ->
            Codecs.utf8(input)
                .flatMap(SnapshotId::parse)
                .map(id -> {
                  if (id.time() == null) {
                    throw new AssertionError("a snapshot without a time");
                  }
                  return utf8(id.toString());
                }));
  }

  private static Target compressed() {
    Doors.Door unpack = Doors.door("backup.object.Compression", "unpack", byte[].class, int.class);
    Doors.Door pack = Doors.door("backup.object.Compression", "pack", byte[].class, int.class);
    byte[] content = "etaoin shrdlu\n".repeat(40).getBytes(StandardCharsets.US_ASCII);
    Bytes seed;
    try {
      seed = Bytes.wrap((byte[]) pack.call(null, content, content.length));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return Codecs.survives(
        "compressed-object",
        List.of(seed),
        input -> {
          try {
            return Optional.of(unpack.call(null, input.toByteArray(), 1 << 20));
          } catch (IOException e) {
            return Optional.empty();
          }
        });
  }

  /** An S3 service's list: XML from a stranger. */
  private static Target listPage() {
    Doors.Door parse = Doors.door("backup.s3.ListPage", "parse", byte[].class);
    Bytes seed =
        utf8(
            "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>true</IsTruncated>"
                + "<NextContinuationToken>t</NextContinuationToken><Contents><Key>data/a</Key>"
                + "<Size>12</Size></Contents></ListBucketResult>");
    return Codecs.survives(
        "s3-list",
        List.of(seed, utf8("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>")),
        input -> {
          try {
            return Optional.of(parse.call(null, (Object) input.toByteArray()));
          } catch (javax.xml.stream.XMLStreamException e) {
            return Optional.empty();
          }
        });
  }

  static BackupKey backupKey() {
    try (SecretBytes k = SecretBytes.copyOf(Bytes.zeros(32))) {
      return BackupKey.derive(k);
    }
  }
}
