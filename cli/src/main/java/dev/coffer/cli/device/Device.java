package dev.coffer.cli.device;

import dev.coffer.client.port.FileMemory;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * One user's device: K (so that backups run unattended: the device is trusted), the device key that
 * logins are bound to, the client's memory, and notes such as the last backup. One directory, mode
 * 700, files 600. Losing the directory is losing the phone: {@code coffer recover} makes it anew.
 *
 * <p>Not thread-safe, but for {@link #memory}.
 */
public final class Device {
  private static final int SEED = 32;
  private static final String KEY = "backup.key";
  private static final String DEVICE_KEY = "device.key";
  private static final String NOTES = "notes.properties";
  private static final String MEMORY = "memory";
  private static final String PRACTICE = "practice";

  private final Path directory;
  private final String account;

  private Device(Path directory, String account) {
    this.directory = directory;
    this.account = account;
  }

  /**
   * The device of an account below {@code devices}; nothing is made yet.
   *
   * @param account any text of 1 to 64 octets; its directory's name says it in harmless characters
   */
  public static Device of(Path devices, String account) {
    return new Device(devices.resolve(directoryName(account)), account);
  }

  /**
   * Letters, digits and a few signs as they are, every other octet as {@code %xx}: no name leaves
   * the directory.
   */
  static String directoryName(String account) {
    StringBuilder name = new StringBuilder();
    for (byte octet : account.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          octet >= 'a' && octet <= 'z'
              || octet >= '0' && octet <= '9'
              || octet == '-'
              || octet == '_'
              || octet == '@';
      boolean dot = octet == '.' && !name.isEmpty();
      name.append(
          plain || dot ? String.valueOf((char) octet) : "%" + HexFormat.of().toHexDigits(octet));
    }
    return name.toString();
  }

  /** The directory of a device and those of other accounts' devices beside it. */
  public static List<Path> allBeside(Path directory) throws IOException {
    Path devices = directory.toAbsolutePath().getParent();
    if (devices == null || !Files.isDirectory(devices)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(devices)) {
      return found
          .filter(path -> Files.exists(path.resolve(KEY)) || Files.exists(path.resolve(DEVICE_KEY)))
          .toList();
    }
  }

  /** Whether any account has a key in {@code devices}. */
  public static boolean anyKeyIn(Path devices) throws IOException {
    if (!Files.isDirectory(devices)) {
      return false;
    }
    try (Stream<Path> found = Files.list(devices)) {
      return found.anyMatch(path -> Files.exists(path.resolve(KEY)));
    }
  }

  /** The account. */
  public String account() {
    return account;
  }

  /** Where everything lies. */
  public Path directory() {
    return directory;
  }

  /** The client's memory. */
  public FileMemory memory() {
    return new FileMemory(directory.resolve(MEMORY));
  }

  /** K, if this device has it; the caller destroys it. */
  public Optional<BackupSecret> secret() throws IOException {
    return read(KEY).map(BackupSecret::of);
  }

  /** Whether anything was kept here before. */
  public boolean exists() {
    return Files.isDirectory(directory);
  }

  /** Whether this device has K. */
  public boolean hasSecret() {
    return Files.isRegularFile(directory.resolve(KEY));
  }

  /** Whether {@link #keep} would move another K aside. */
  public boolean holdsAnother(BackupSecret secret) throws IOException {
    Optional<BackupSecret> before = secret();
    if (before.isEmpty()) {
      return false;
    }
    try (BackupSecret old = before.get()) {
      return !old.sameAs(secret);
    }
  }

  /**
   * Keeps K. Another K that was here before is moved aside, for older backups may need it; returns
   * where to.
   */
  public Optional<Path> keep(BackupSecret secret) throws IOException {
    Optional<Path> aside = holdsAnother(secret) ? Optional.of(setAside()) : Optional.empty();
    if (!hasSecret()) {
      try (SecretBytes octets = secret.copy()) {
        write(KEY, octets);
      }
    }
    return aside;
  }

  private Path setAside() throws IOException {
    int number = 1;
    while (Files.exists(directory.resolve(KEY + "." + number))) {
      number++;
    }
    return Files.move(
        directory.resolve(KEY),
        directory.resolve(KEY + "." + number),
        StandardCopyOption.ATOMIC_MOVE);
  }

  /** What its owner tries to remember the code with. */
  public Practice practice() {
    return new Practice(directory.resolve(PRACTICE));
  }

  /** Erases K. */
  public void dropSecret() throws IOException {
    AtomicFile.erase(directory.resolve(KEY));
  }

  /**
   * The seed of the Ed25519 key that logins are bound to, made on first use; the caller destroys
   * it.
   */
  public SecretBytes deviceKey(Randomness randomness) throws IOException {
    Optional<SecretBytes> kept = read(DEVICE_KEY);
    if (kept.isPresent()) {
      return kept.get();
    }
    SecretBytes seed = SecretBytes.random(randomness, SEED);
    write(DEVICE_KEY, seed);
    return seed;
  }

  private Optional<SecretBytes> read(String name) throws IOException {
    try {
      byte[] octets = Files.readAllBytes(directory.resolve(name));
      if (octets.length != SEED) {
        throw new IOException(
            "The file "
                + directory.resolve(name)
                + " is damaged: put a copy of it back, or move it away and run coffer recover.");
      }
      return Optional.of(SecretBytes.wrap(octets));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void write(String name, SecretBytes secret) throws IOException {
    byte[] octets = secret.copy();
    try {
      AtomicFile.replace(directory.resolve(name), octets, AtomicFile.Access.OWNER);
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  /** A note, such as where the last backup went; never secret. */
  public Optional<String> note(String name) throws IOException {
    return Optional.ofNullable(notes().getProperty(name));
  }

  /** Keeps a note. */
  public void note(String name, String value) throws IOException {
    Properties notes = notes();
    notes.setProperty(name, value);
    write(notes);
  }

  private void write(Properties notes) throws IOException {
    StringWriter out = new StringWriter();
    notes.store(out, null);
    AtomicFile.replace(
        directory.resolve(NOTES),
        out.toString().getBytes(StandardCharsets.UTF_8),
        AtomicFile.Access.OWNER);
  }

  /** Drops a note. */
  public void dropNote(String name) throws IOException {
    Properties notes = notes();
    if (notes.remove(name) != null) {
      write(notes);
    }
  }

  private Properties notes() throws IOException {
    Properties notes = new Properties();
    try (Reader in = Files.newBufferedReader(directory.resolve(NOTES), StandardCharsets.UTF_8)) {
      notes.load(in);
    } catch (NoSuchFileException e) {
      return notes;
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "The file "
              + directory.resolve(NOTES)
              + " is damaged: move it away, and name the repository with -r once.",
          e);
    }
    return notes;
  }

  /** Loses the phone: erases everything. */
  public void wipe() throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> found;
    try (Stream<Path> walk = Files.walk(directory)) {
      found = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : found) {
      if (Files.isRegularFile(path)) {
        AtomicFile.erase(path);
      } else {
        Files.delete(path);
      }
    }
  }
}
