package dev.coffer.hsm.pkcs11;

import dev.coffer.files.ChildEnvironment;
import dev.coffer.files.SettingMistake;
import dev.coffer.files.Settings;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.process.HomePlatform;
import dev.coffer.hsm.process.HsmHome;
import dev.coffer.hsm.process.KeyedKind;
import dev.coffer.hsm.process.Measurement;
import dev.coffer.hsm.process.Sealer;
import dev.coffer.hsm.process.SlotMemory;
import dev.coffer.pkcs11.Token;
import dev.coffer.pkcs11.TokenPlace;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.HsmPromises;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HSM whose static keys and memory's key are sealed by an AES key that a PKCS#11 token made and
 * never lets out. The file {@code token.settings} in its home names the token:
 *
 * <pre>
 * library = /usr/lib/vendor/token.so
 * token = the token's label
 * pin-file = /etc/coffer/pin           (mode 600; variables COFFER_HSM_… stand above the file)
 * environment = VENDOR_CONF=/etc/x     (a variable that the library reads; up to 16 such lines)
 * </pre>
 *
 * <p><b>Guarantees:</b> who has a copy of the disk, and not the token, has no key, and can write no
 * memory that this HSM takes for its own. The token is asked at the start and at the founding only:
 * pulled out later, the HSM goes on until it ends. <b>Not guaranteed:</b> anything against root on
 * the running host, who reads the keys in the process; nor that an older memory put in the place of
 * the newest is noticed here (the others tell it, INV-7).
 */
public final class TokenPlatform implements HomePlatform {
  /** The file in the home that says which token. */
  static final String SETTINGS = "token.settings";

  /** The file in the home that says which key: the token's serial number, the key's label. */
  static final String RECORD = "token";

  private static final Settings.Names NAMES =
      new Settings.Names(Set.of("library", "token", "pin-file"), Set.of("environment"));
  private static final Pattern VARIABLE = Pattern.compile("([A-Z][A-Z0-9_]{0,63})=(.{0,1024})");
  private static final int VARIABLES_MAX = 16;
  private static final Bytes MAGIC =
      Bytes.wrap("COFFER TOKEN MEM".getBytes(StandardCharsets.US_ASCII));
  private static final HsmPromises PROMISES =
      new HsmPromises(
          HsmPromises.Keys.SEALED, HsmPromises.Memory.UNNOTICED, HsmPromises.Voucher.NOBODY);

  private final HsmHome home;
  private final Token token;
  private final String keyAttributes;
  private final Randomness randomness;
  private final Sealer sealer;
  private final SlotMemory memory;

  private TokenPlatform(HsmHome home, Token token, Token.Key key, Randomness randomness)
      throws IOException {
    this.home = home;
    this.token = token;
    this.keyAttributes = token.attributes(key);
    this.randomness = randomness;
    this.sealer = new TokenSealer(token, key, randomness);
    SecretBytes memoryKey = home.memoryKey(sealer, randomness);
    this.memory = new SlotMemory(home.file(HsmHome.MEMORY), new KeyedKind(MAGIC, memoryKey));
  }

  /** Opens, and makes on first use, the HSM in {@code folder}, as its settings say. */
  public static TokenPlatform open(Path folder) throws IOException {
    return open(folder, System.getenv());
  }

  static TokenPlatform open(Path folder, Map<String, String> environment) throws IOException {
    HsmHome home = new HsmHome(folder);
    try {
      Settings settings =
          Settings.read(home.file(SETTINGS), NAMES).under(environment, ChildEnvironment.HSM);
      setVariables(settings);
      return open(
          home,
          new TokenPlace(
              settings.requiredPath("library"),
              settings.required("token"),
              settings.requiredPath("pin-file")));
    } catch (SettingMistake e) {
      home.close();
      throw new IOException(e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      home.close();
      throw e;
    }
  }

  /** What the library reads from its process's environment, which is clean but for our own. */
  private static void setVariables(Settings settings) throws SettingMistake, IOException {
    List<String> lines = settings.all("environment");
    if (lines.size() > VARIABLES_MAX) {
      throw settings.wrong("environment", "stands at most " + VARIABLES_MAX + " times");
    }
    for (String line : lines) {
      Matcher variable = VARIABLE.matcher(line);
      if (!variable.matches()) {
        throw settings.wrong(
            "environment", "is NAME=value: capitals, digits and _, then at most 1,024 characters");
      }
      TokenPlace.setVariable(variable.group(1), variable.group(2));
    }
  }

  private static TokenPlatform open(HsmHome home, TokenPlace place) throws IOException {
    Token token = new PinTries(home, place.pinFile()).login(place);
    try {
      Randomness randomness = Randomness.system();
      return new TokenPlatform(home, token, key(home, token, randomness), randomness);
    } catch (IOException | RuntimeException e) {
      token.close();
      throw e;
    }
  }

  /** The key of this home, made on its first start. */
  private static Token.Key key(HsmHome home, Token token, Randomness randomness)
      throws IOException {
    if (!Files.exists(home.file(RECORD))) {
      if (home.hasKeys()) {
        throw new IOException("The file " + home.file(RECORD) + " is lost: put it back.");
      }
      // A crash after this leaves a name without a key, which the next start makes.
      String fresh = "coffer-hsm-" + randomness.bytes(8).hex();
      home.replace(RECORD, (token.serial() + "\n" + fresh + "\n").getBytes(StandardCharsets.UTF_8));
    }
    List<String> record = Files.readAllLines(home.file(RECORD), StandardCharsets.UTF_8);
    if (record.size() != 2) {
      throw new IOException(
          "The file " + home.file(RECORD) + " is damaged: put the right one back.");
    }
    if (!record.getFirst().equals(token.serial())) {
      throw new IOException(
          "Another token of this label is inserted, with the serial number "
              + token.serial()
              + ": insert the one with "
              + record.getFirst()
              + ".");
    }
    String label = record.getLast();
    Optional<Token.Key> found = token.find(Token.Kind.SECRET, label);
    if (found.isEmpty() && home.hasKeys()) {
      throw new IOException(
          "The token has no key "
              + label
              + ", which this HSM is sealed by: restore the token from its vendor's backup."
              + " Without that key this member is lost, and nobody else's.");
    }
    Token.Key key = found.isPresent() ? found.get() : token.makeSealingKey(label);
    if (!token.staysInside(key)) {
      throw new IOException(
          "The key "
              + label
              + " can leave the token, or did: give this HSM a new home on a token that keeps keys,"
              + " and replace the member.");
    }
    return key;
  }

  @Override
  public String model() {
    return home.model("PKCS#11 token", token.hardware());
  }

  @Override
  public Bytes measurement() {
    return Measurement.ofThisProgram();
  }

  @Override
  public Bytes evidence(Bytes text) {
    return PROMISES.write();
  }

  /** As the token gave them at the start: it is asked for nothing later. */
  @Override
  public String keyAttributes() {
    return keyAttributes;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public Nvram nvram() {
    return memory;
  }

  @Override
  public Optional<SecretBytes> load() {
    return home.load(sealer);
  }

  @Override
  public void store(SecretBytes state) {
    home.store(sealer, state);
  }

  @Override
  public void close() throws IOException {
    token.close();
    home.close();
  }
}
