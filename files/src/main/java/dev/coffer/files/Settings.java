package dev.coffer.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Settings as people write them: a file with lines {@code name = value}, comments after a hash at a
 * line's start; above it the environment; above that flags. A name that is not known is refused and
 * the nearest known one is proposed; so is a name that stands twice, but for those that may repeat.
 * Nothing is escaped: a value is what stands between the sign and the line's end, without the white
 * space around it. Immutable and thread-safe.
 */
public final class Settings {
  /** Octets of the largest file. */
  public static final int FILE_MAX = 64 << 10;

  /**
   * The names that count.
   *
   * @param single names that stand once; {@code <i>} in one stands for a number from 1 to 99
   * @param repeated names that may stand several times
   */
  public record Names(Set<String> single, Set<String> repeated) {
    /** Copies the sets. */
    public Names {
      single = Set.copyOf(single);
      repeated = Set.copyOf(repeated);
    }

    /** Names none of which may repeat. */
    public static Names of(Collection<String> single) {
      return new Names(Set.copyOf(single), Set.of());
    }

    private boolean known(String name) {
      String general = name.replaceFirst("(?<=\\.)[1-9][0-9]?(?=\\.)", "<i>");
      return single.contains(name) || single.contains(general) || repeated.contains(name);
    }

    private String nearest(String name) {
      return Stream.concat(single.stream(), repeated.stream())
          .sorted()
          .min(Comparator.comparingInt(known -> distance(known, name)))
          .orElse("");
    }
  }

  /**
   * A value.
   *
   * @param where the words that tell where it stands
   * @param folder what a path in it is relative to
   */
  private record Found(String value, String where, Path folder) {}

  private final Names names;
  private final String source;
  private final Map<String, List<Found>> found;

  private Settings(Names names, String source, Map<String, List<Found>> found) {
    this.names = names;
    this.source = source;
    this.found = found;
  }

  /** Settings that no file gives. */
  public static Settings none(Names names) {
    return new Settings(names, "The settings", Map.of());
  }

  /** What a relative path is relative to that somebody typed, or put into a variable. */
  private static Path workingDirectory() {
    return Paths.get("").toAbsolutePath();
  }

  /**
   * Reads a file. Relative paths in it are relative to its folder; those that flags or variables
   * give, to the working directory.
   *
   * @throws SettingMistake if there is no such file of at most {@value #FILE_MAX} octets of UTF-8,
   *     or a line of it is wrong
   */
  public static Settings read(Path file, Names names) throws SettingMistake, IOException {
    Path absolute = file.toAbsolutePath();
    if (!Files.isRegularFile(absolute)) {
      throw new SettingMistake("There is no settings file " + file + ": name one that is there.");
    }
    if (Files.size(absolute) > FILE_MAX) {
      throw new SettingMistake(file + " is larger than 64 KiB: name a settings file.");
    }
    Path parent = absolute.getParent();
    Path folder = parent == null ? absolute : parent;
    Map<String, List<Found>> found = new LinkedHashMap<>();
    int number = 0;
    for (String line : text(file, Files.readAllBytes(absolute)).split("\n", -1)) {
      number++;
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      String where = file + " line " + number;
      int sign = line.indexOf('=');
      if (sign < 0) {
        throw new SettingMistake(where + " is not of the form name = value: write it so.");
      }
      Found value = new Found(line.substring(sign + 1).strip(), where, folder);
      add(names, found, line.substring(0, sign).strip(), value);
    }
    return new Settings(names, file.toString(), found);
  }

  private static String text(Path file, byte[] octets) throws SettingMistake {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException e) {
      throw new SettingMistake(file + " is no text in UTF-8: write it again.");
    }
  }

  private static void add(Names names, Map<String, List<Found>> found, String name, Found value)
      throws SettingMistake {
    String where = value.where();
    if (!names.known(name)) {
      throw new SettingMistake(
          where
              + " sets '"
              + name
              + "', which means nothing: did you mean '"
              + names.nearest(name)
              + "'?");
    }
    List<Found> all = found.computeIfAbsent(name, unused -> new ArrayList<>());
    if (!all.isEmpty() && !names.repeated().contains(name)) {
      throw new SettingMistake(
          where + " sets '" + name + "' again after " + all.get(0).where() + ": take one away.");
    }
    all.add(value);
  }

  /**
   * These, and above them what the environment says: for {@code a.b-c} the variable {@code
   * <prefix>A_B_C}, if it is there and not empty. A value of a name that may repeat is split at
   * commas.
   */
  public Settings under(Map<String, String> environment, String prefix) {
    Map<String, List<Found>> above = new LinkedHashMap<>(found);
    Stream.of(names.single(), names.repeated(), found.keySet())
        .flatMap(Collection::stream)
        .forEach(name -> {
          String variable = prefix + name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
          String value = environment.getOrDefault(variable, "");
          if (!value.isEmpty()) {
            String[] values =
                names.repeated().contains(name) ? value.split(",", -1) : new String[] {value};
            above.put(
                name,
                Arrays.stream(values)
                    .map(each ->
                        new Found(each.strip(), "The variable " + variable, workingDirectory()))
                    .toList());
          }
        });
    return new Settings(names, source, above);
  }

  /** These, and above them a flag's values; none leave what was there. */
  public Settings under(String name, List<String> values) {
    if (values.isEmpty()) {
      return this;
    }
    Map<String, List<Found>> above = new LinkedHashMap<>(found);
    above.put(
        name,
        values.stream()
            .map(value -> new Found(value, "The flag --" + name, workingDirectory()))
            .toList());
    return new Settings(names, source, above);
  }

  /** The names that are set. */
  public Set<String> set() {
    return Set.copyOf(found.keySet());
  }

  /** All values of a setting, in their order. */
  public List<String> all(String name) {
    return found.getOrDefault(name, List.of()).stream().map(Found::value).toList();
  }

  /** A value, if it is set and not empty. */
  public Optional<String> text(String name) {
    return all(name).stream().filter(value -> !value.isEmpty()).findFirst();
  }

  /** A value that must be there. */
  public String required(String name) throws SettingMistake {
    return text(name)
        .orElseThrow(() -> new SettingMistake(source + " lacks '" + name + "': add it."));
  }

  /** A whole number from {@code min} to {@code max}, if it is set. */
  public Optional<Long> number(String name, long min, long max) throws SettingMistake {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get().matches("[0-9]{1,18}")) {
      long number = Long.parseLong(value.get());
      if (number >= min && number <= max) {
        return Optional.of(number);
      }
    }
    throw wrong(name, "is a whole number from " + min + " to " + max);
  }

  /** One of {@code choices}, if it is set. */
  public Optional<String> choice(String name, List<String> choices) throws SettingMistake {
    Optional<String> value = text(name);
    if (value.isPresent() && !choices.contains(value.get())) {
      throw wrong(name, "is one of " + String.join(", ", choices));
    }
    return value;
  }

  /** A path, absolute and normal, if it is set. */
  public Optional<Path> path(String name) throws SettingMistake {
    try {
      return found.getOrDefault(name, List.of()).stream()
          .filter(each -> !each.value().isEmpty())
          .findFirst()
          .map(each -> each.folder().resolve(each.value()).normalize());
    } catch (InvalidPathException e) {
      throw wrong(name, "is no path");
    }
  }

  /** A path that must be there, absolute and normal. */
  public Path requiredPath(String name) throws SettingMistake {
    required(name);
    return path(name).orElseThrow();
  }

  /**
   * What to throw about the value of a setting that the caller could not read.
   *
   * @param what the rest of a sentence whose subject is the setting, such as "is host:port"
   */
  public SettingMistake wrong(String name, String what) {
    String where =
        found.getOrDefault(name, List.of()).stream().map(Found::where).findFirst().orElse(source);
    return new SettingMistake(where + ": '" + name + "' " + what + ".");
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
