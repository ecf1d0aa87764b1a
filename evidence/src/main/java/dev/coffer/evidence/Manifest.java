package dev.coffer.evidence;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.protocol.json.StrictJson;
import dev.coffer.protocol.json.StrictJson.Value;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The manifest of a package: an in-toto Statement v1 whose subjects are the files and whose
 * predicate is what is said of the fleet. One encoding, printable ASCII, one line. Immutable.
 *
 * @param files SHA-256 of each file by its name, ascending
 * @param fleet whose evidence it is
 * @param ceremony the name of the ceremony that founded it
 * @param exceptions what was not as planned, as the sites wrote it down
 */
record Manifest(
    SortedMap<String, Bytes> files,
    FleetId fleet,
    String ceremony,
    Promise promise,
    List<String> exceptions) {
  static final String STATEMENT = "https://in-toto.io/Statement/v1";
  static final String PREDICATE = "urn:coffer:evidence:v1";
  private static final String TEXT = "[ -~]{1,400}";

  Manifest {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    exceptions = List.copyOf(exceptions);
  }

  /** The one encoding. */
  Bytes encode() {
    List<JsonWriter> subjects = new ArrayList<>();
    files.forEach((name, hash) ->
        subjects.add(
            new JsonWriter()
                .put("name", name)
                .put("digest", new JsonWriter().put("sha256", hash.hex()))));
    JsonWriter statement =
        new JsonWriter()
            .put("_type", STATEMENT)
            .putAll("subject", subjects)
            .put("predicateType", PREDICATE)
            .put("predicate", predicate());
    return Utf8.encode(statement + "\n");
  }

  private JsonWriter predicate() {
    List<JsonWriter> members = new ArrayList<>();
    for (Promise.Member member : promise.members()) {
      members.add(
          new JsonWriter()
              .put("site", member.site())
              .put("model", member.model())
              .put("keys", member.keys())
              .put("memory", member.memory())
              .put("voucher", member.voucher()));
    }
    return new JsonWriter()
        .put("fleet", fleet.value().hex())
        .put("ceremony", ceremony)
        .put("hsms", promise.hsms())
        .put("threshold", promise.threshold())
        .put("captureQuorum", promise.captureQuorum())
        .put("partitions", promise.partitions())
        .put("guessLimit", promise.guessLimit())
        .put("replaceByLogin", promise.replaceByLogin())
        .put("deleteByLogin", promise.deleteByLogin())
        .put("measurement", promise.measurement().hex())
        .put("simulated", promise.simulated())
        .putAll("members", members)
        .putTexts("exceptions", exceptions);
  }

  /** What a fleet's line in a bundle names: plain SHA-256 of {@code manifest.json}. */
  Bytes hash() {
    return Hashes.sha256(encode());
  }

  /** Reads what {@link #encode} wrote, and nothing else. */
  static Manifest parse(Bytes file) throws Refused {
    try {
      Value.Members all = StrictJson.object(file);
      SortedMap<String, Bytes> files = new TreeMap<>();
      for (Value.Members subject : objects(all, "subject", PackageFiles.FILES_MAX)) {
        String name = text(subject, "name");
        Bytes hash = hash(members(subject, "digest"), "sha256");
        if (!PackageFiles.NAME.matcher(name).matches() || files.put(name, hash) != null) {
          throw malformed("a subject is no file of a package, or stands twice");
        }
      }
      Value.Members said = members(all, "predicate");
      Manifest manifest =
          new Manifest(
              files,
              new FleetId(hash(said, "fleet")),
              text(said, "ceremony"),
              promise(said),
              texts(said, "exceptions"));
      if (!manifest.encode().equals(file)) {
        throw new Refused(RefusalCode.NOT_CANONICAL, "it is not in its one form");
      }
      return manifest;
    } catch (Rejected e) {
      throw malformed("it is no JSON");
    }
  }

  private static Promise promise(Value.Members said) throws Refused {
    List<Promise.Member> members = new ArrayList<>();
    for (Value.Members member : objects(said, "members", Limits.HSMS_MAX)) {
      members.add(
          new Promise.Member(
              text(member, "site"),
              text(member, "model"),
              text(member, "keys"),
              text(member, "memory"),
              text(member, "voucher")));
    }
    return new Promise(
        number(said, "hsms"),
        number(said, "threshold"),
        number(said, "captureQuorum"),
        number(said, "partitions"),
        number(said, "guessLimit"),
        flag(said, "replaceByLogin"),
        flag(said, "deleteByLogin"),
        hash(said, "measurement"),
        flag(said, "simulated"),
        members);
  }

  private static Refused malformed(String why) {
    return new Refused(RefusalCode.MALFORMED, why);
  }

  private static Value.Members members(Value.Members in, String name) throws Refused {
    return in.members(name).orElseThrow(() -> malformed("it lacks " + name));
  }

  private static String text(Value.Members in, String name) throws Refused {
    // Printable ASCII: it is shown on terminals.
    return in.text(name)
        .filter(text -> text.matches(TEXT))
        .orElseThrow(() -> malformed("it lacks " + name));
  }

  private static int number(Value.Members in, String name) throws Refused {
    long number = in.whole(name).orElseThrow(() -> malformed("it lacks " + name));
    if (number < 0 || number > Short.MAX_VALUE) {
      throw malformed(name + " is out of range");
    }
    return (int) number;
  }

  private static boolean flag(Value.Members in, String name) throws Refused {
    if (in.values().get(name) instanceof Value.Flag flag) {
      return flag.value();
    }
    throw malformed("it lacks " + name);
  }

  private static Bytes hash(Value.Members in, String name) throws Refused {
    return LowerHex.parse(text(in, name), Limits.DIGEST, name);
  }

  private static List<Value> items(Value.Members in, String name, int max) throws Refused {
    if (in.values().get(name) instanceof Value.Items items && items.values().size() <= max) {
      return items.values();
    }
    throw malformed("it lacks " + name);
  }

  private static List<Value.Members> objects(Value.Members in, String name, int max)
      throws Refused {
    List<Value.Members> objects = new ArrayList<>();
    for (Value value : items(in, name, max)) {
      if (!(value instanceof Value.Members object)) {
        throw malformed(name + " holds something else");
      }
      objects.add(object);
    }
    return objects;
  }

  private static List<String> texts(Value.Members in, String name) throws Refused {
    List<String> texts = new ArrayList<>();
    for (Value value : items(in, name, PackageFiles.FILES_MAX)) {
      if (!(value instanceof Value.Text text) || !text.value().matches(TEXT)) {
        throw malformed(name + " holds something else");
      }
      texts.add(text.value());
    }
    return texts;
  }

  /** The files of {@code names}, hashed. */
  static SortedMap<String, Bytes> hashes(Map<String, Bytes> contents) {
    SortedMap<String, Bytes> hashes = new TreeMap<>();
    contents.forEach((name, content) -> hashes.put(name, Hashes.sha256(content)));
    return hashes;
  }
}
