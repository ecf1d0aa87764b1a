package dev.coffer.evidence;

import dev.coffer.ceremony.record.Announcement;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.record.Message;
import dev.coffer.ceremony.record.Seen;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Transcript;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The files of a package: a directory, and the directory {@code ceremony} in it. Somebody else
 * wrote it, so no link is followed, no file is larger than {@value Folder#OCTETS_MAX} octets, and
 * no more than {@value #FILES_MAX} are looked at. Each file is read once: all claims are about the
 * same octets, also if somebody writes meanwhile. Not thread-safe.
 */
final class PackageFiles {
  static final int FILES_MAX = 512;
  static final String MANIFEST = "manifest.json";
  static final String ENVELOPE = "manifest.sigstore.json";
  static final String KEY = "evidence.pub";
  static final String CLAIMS = "claims.json";
  static final String SCRIPT = "script.txt";
  static final String STOCK = "check-with-stock-tools.sh";
  static final String REBUILD = "rebuild.sh";
  static final String IMAGE = "image.manifest";
  static final String RELEASE = "image.release";
  static final String SBOM = "sbom.cdx.json";
  static final String PROVENANCE = "provenance.json";

  /** What is said of the image of the HSM program, if it was at hand. */
  static final List<String> OF_IMAGE = List.of(IMAGE, RELEASE, SBOM, PROVENANCE);

  /** What HSMs were asked with when the package was made. */
  static final String CHECKPOINT = "attestation.checkpoint";

  static final String RANDOMNESS = "attestation.randomness";

  /** Lists of revoked certificates of devices, PEM. */
  static final String REVOKED = "attestation.revoked.pem";

  static final String CEREMONY = "ceremony/";

  /** What a subject of a manifest is called: it leads nowhere outside the package. */
  static final Pattern NAME = Pattern.compile("(ceremony/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /**
   * All names that a file of a package has. Packages of strangers are published as they are: no
   * browser may take one of their files for a page or a script.
   */
  static final Pattern KNOWN = known();

  private final Path directory;
  private final Map<String, Optional<Bytes>> seen = new HashMap<>();

  PackageFiles(Path directory) {
    this.directory = directory;
  }

  private static Pattern known() {
    List<String> names = new ArrayList<>(OF_IMAGE);
    names.addAll(ofHsms());
    names.addAll(ofDevices());
    names.addAll(List.of(MANIFEST, ENVELOPE, KEY, CLAIMS, SCRIPT, STOCK, REBUILD));
    for (String name :
        List.of(
            Verification.PLAN,
            Verification.FLEET,
            Signatures.TRANSCRIPT,
            Announcement.POLICY,
            Announcement.PROOF)) {
      names.add(CEREMONY + name);
    }
    for (int site = 1; site <= Limits.HSMS_MAX; site++) {
      names.add(CEREMONY + Transcript.file(site));
      names.add(CEREMONY + Seen.file(site));
      for (Message.Kind kind : Message.Kind.values()) {
        if (kind.saidBy(site)) {
          names.add(CEREMONY + Message.file(kind, site));
        }
      }
    }
    String exact = names.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    return Pattern.compile(exact + "|ceremony/signature-[a-z0-9][a-z0-9-]{0,31}\\.sig");
  }

  /** What HSM {@code index} answered, an Entity Attestation Token. */
  static String token(int index) {
    return "attestation-" + index + ".eat";
  }

  /** The certificates of the device that HSM {@code index} stands on, its own first, PEM. */
  static String chain(int index) {
    return "attestation-" + index + ".chain.pem";
  }

  /** What vendors say of devices; people put it into a package, and it stays. */
  static List<String> ofDevices() {
    List<String> names = new ArrayList<>(List.of(REVOKED));
    for (int index = 1; index <= Limits.HSMS_MAX; index++) {
      names.add(chain(index));
    }
    return names;
  }

  /** All that HSMs said when the package was made. */
  static List<String> ofHsms() {
    List<String> names = new ArrayList<>(List.of(CHECKPOINT, RANDOMNESS));
    for (int index = 1; index <= Limits.HSMS_MAX; index++) {
      names.add(token(index));
    }
    return names;
  }

  private Path ceremonyFolder() {
    return directory.resolve("ceremony");
  }

  /** What the ceremony left, for {@link dev.coffer.ceremony.record.Verification}. */
  Folder ceremony() {
    return new Folder() {
      @Override
      public Optional<Bytes> read(String name) throws IOException {
        return PackageFiles.this.read(CEREMONY + name);
      }

      @Override
      public void write(String name, Bytes content) throws IOException {
        throw new IOException("a package that is checked is not written");
      }

      @Override
      public String toString() {
        return ceremonyFolder().toString();
      }
    };
  }

  /** A file's content; empty if there is none. */
  Optional<Bytes> read(String name) throws IOException {
    Optional<Bytes> content = seen.get(name);
    if (content == null) {
      content = open(name);
      seen.put(name, content);
    }
    return content;
  }

  private Optional<Bytes> open(String name) throws IOException {
    if (!name.startsWith(CEREMONY)) {
      return new DirectoryFolder(directory).read(name);
    }
    if (Files.exists(ceremonyFolder(), LinkOption.NOFOLLOW_LINKS) && !real(ceremonyFolder())) {
      throw new IOException("ceremony is no directory");
    }
    return new DirectoryFolder(ceremonyFolder()).read(name.substring(CEREMONY.length()));
  }

  private static boolean real(Path folder) {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * The names of all files.
   *
   * @throws IOException also if something is there that no package has: a link, another directory,
   *     a name that {@link #KNOWN} does not have, too many files
   */
  SortedSet<String> names() throws IOException {
    SortedSet<String> names = new TreeSet<>();
    list(directory, "", names);
    if (real(ceremonyFolder())) {
      list(ceremonyFolder(), CEREMONY, names);
    }
    return names;
  }

  private static void list(Path folder, String prefix, SortedSet<String> names) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      for (Path file : found) {
        String name = prefix + file.getFileName();
        if (prefix.isEmpty() && name.equals("ceremony") && real(file)) {
          continue;
        }
        if (!KNOWN.matcher(name).matches()) {
          String printable = name.replaceAll("[^ -~]", "?");
          throw new IOException(printable + " is a name that no file of a package has");
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          throw new IOException(name + " is no file");
        }
        names.add(name);
        if (names.size() > FILES_MAX) {
          throw new IOException("there are more than " + FILES_MAX + " files");
        }
      }
    }
  }
}
