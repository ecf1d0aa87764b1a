package dev.coffer.hsm.tpm;

import dev.coffer.files.ChildEnvironment;
import dev.coffer.files.SettingMistake;
import dev.coffer.files.Settings;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.process.AeadSealer;
import dev.coffer.hsm.process.HomePlatform;
import dev.coffer.hsm.process.HsmHome;
import dev.coffer.hsm.process.KeyedKind;
import dev.coffer.hsm.process.Measurement;
import dev.coffer.hsm.process.Sealer;
import dev.coffer.hsm.process.SlotMemory;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.HsmPromises;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * An HSM whose keys a TPM 2.0 seals to the state its host started in, and whose memory it anchors.
 * The file {@code tpm.settings} in its home may say:
 *
 * <pre>
 * tpm = /dev/tpmrm0                    (or unix:PATH; variables COFFER_HSM_… stand above the file)
 * pcrs = 0,2,4,7                       (of the SHA-256 bank: what has to be as it was)
 * anchor-every = 256                   (writes of the memory; 1: no older memory ever works; the
 *                                       first start decides it: later it may be less, not more)
 * </pre>
 *
 * <p><b>Guarantees:</b> who has a copy of the disk has no key; a host that started otherwise has
 * none either; an older memory is refused as {@link AnchoredMemory} says. <b>Not guaranteed:</b>
 * anything against root on the running host, or against who taps the wires to the TPM; nor that the
 * TPM is one: that a vendor made it has to be asked at the founding, by TPM2_ActivateCredential.
 */
public final class TpmPlatform implements HomePlatform {
  private static final String SETTINGS = "tpm.settings";
  private static final String RECORD = "tpm-indices";
  static final String KEY = "sealing-key.tpm";
  private static final String EVIDENCE = "evidence";
  private static final Settings.Names NAMES =
      Settings.Names.of(List.of("tpm", "pcrs", "anchor-every"));
  private static final Bytes MAGIC =
      Bytes.wrap("COFFER TPM MEM 1".getBytes(StandardCharsets.US_ASCII));

  /** Owners may define indices from here; a random one of them and its neighbour are ours. */
  private static final int INDICES = 0x01800000;

  private static final int EVERY_DEFAULT = 256;

  private final HsmHome home;
  private final Tpm tpm;
  private final Randomness randomness;
  private final Sealer sealer;
  private final AnchoredMemory memory;
  private final HsmPromises promises;
  private final String model;

  /** Of what the TPM opened last: the file beside it is the host's. */
  private volatile String keyAttributes = "";

  /** What the settings say. */
  private record Wanted(String place, List<Integer> pcrs, long every) {}

  private TpmPlatform(HsmHome home, Tpm tpm, long every, Randomness randomness) throws IOException {
    this.home = home;
    this.tpm = tpm;
    this.randomness = randomness;
    tpm.sweep();
    int counter = home.hasKeys() ? indices() : make(every);
    this.sealer =
        new AeadSealer(
            this::unsealed, randomness, "the TPM's key: put back the file that was sealed by it");
    KeyedKind kind = new KeyedKind(MAGIC, home.memoryKey(sealer, randomness));
    SlotMemory slots = new SlotMemory(home.file(HsmHome.MEMORY), kind);
    this.memory = AnchoredMemory.open(home, slots, tpm, counter, counter + 1, every);
    this.promises =
        new HsmPromises(
            HsmPromises.Keys.SEALED,
            memory.monotonic() ? HsmPromises.Memory.MONOTONIC : HsmPromises.Memory.ANCHORED,
            HsmPromises.Voucher.DEVICE);
    String maker = tpm.maker();
    // Emulators say so; one that lies is found out by nobody who does not ask its vendor.
    boolean software = maker.startsWith("IBM SW") || maker.contains("fTPM");
    this.model = home.model("TPM 2.0 " + maker, !software);
  }

  /** Opens, and makes on first use, the HSM in {@code folder}, as its settings say. */
  public static TpmPlatform open(Path folder) throws IOException {
    HsmHome home = new HsmHome(folder);
    try {
      Wanted wanted = wanted(home, System.getenv());
      return open(home, TpmLink.open(wanted.place()), wanted.pcrs(), wanted.every());
    } catch (SettingMistake e) {
      home.close();
      throw new IOException(e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      home.close();
      throw e;
    }
  }

  private static Wanted wanted(HsmHome home, Map<String, String> environment)
      throws SettingMistake, IOException {
    Settings settings =
        Files.exists(home.file(SETTINGS))
            ? Settings.read(home.file(SETTINGS), NAMES)
            : Settings.none(NAMES);
    settings = settings.under(environment, ChildEnvironment.HSM);
    TreeSet<Integer> pcrs = new TreeSet<>();
    for (String pcr : settings.text("pcrs").orElse("0,2,4,7").split(",", -1)) {
      if (!pcr.strip().matches("[0-9]|1[0-9]|2[0-3]")) {
        throw settings.wrong("pcrs", "is a list of numbers from 0 to 23, with commas between");
      }
      pcrs.add(Integer.parseInt(pcr.strip()));
    }
    return new Wanted(
        settings.text("tpm").orElse("/dev/tpmrm0"),
        List.copyOf(pcrs),
        settings.number("anchor-every", 1, 1_000_000).orElse((long) EVERY_DEFAULT));
  }

  /** The HSM in {@code home} behind {@code link}, which is closed with it. */
  static TpmPlatform open(HsmHome home, TpmLink link, List<Integer> pcrs, long every)
      throws IOException {
    Tpm tpm = new Tpm(link, pcrs);
    try {
      return new TpmPlatform(home, tpm, every, Randomness.system());
    } catch (IOException | RuntimeException e) {
      tpm.close();
      throw e;
    }
  }

  private SecretBytes unsealed() throws IOException {
    Bytes sealed = Bytes.wrap(Files.readAllBytes(home.file(KEY)));
    SecretBytes key = tpm.unseal(sealed);
    keyAttributes = Tpm.attributes(sealed);
    return key;
  }

  /** Makes what the TPM keeps of a new HSM. After a failure the next start begins here again. */
  private int make(long every) throws IOException {
    if (!Files.exists(home.file(RECORD))) {
      int random = ByteBuffer.wrap(randomness.bytes(4).toByteArray()).getInt();
      int fresh = INDICES + (random & 0x1ffffe);
      home.replace(RECORD, Integer.toHexString(fresh).getBytes(StandardCharsets.US_ASCII));
    }
    int counter = counter();
    try (SecretBytes key = SecretBytes.random(randomness, 32)) {
      home.replace(KEY, tpm.seal(key).toByteArray());
    }
    AnchoredMemory.make(home, tpm, counter, counter + 1, every);
    return counter;
  }

  private int indices() throws IOException {
    for (String name : List.of(RECORD, KEY)) {
      if (!Files.exists(home.file(name))) {
        throw new IOException("The file " + home.file(name) + " is lost: put it back.");
      }
    }
    return counter();
  }

  /** The counter's index; that of the anchor follows it. */
  private int counter() throws IOException {
    String text = Files.readString(home.file(RECORD), StandardCharsets.US_ASCII);
    if (!text.matches("1[89ab][0-9a-f]{5}")) {
      throw new IOException(
          "The file " + home.file(RECORD) + " is damaged: put the right one back.");
    }
    return Integer.parseInt(text, 16);
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public Bytes measurement() {
    return Measurement.ofThisProgram();
  }

  /** Promises, then the TPM's word: the public area of its key, what it signed, r, s. */
  @Override
  public Bytes evidence(Bytes text) {
    try {
      Bytes challenge = Hashes.sha256(text);
      Optional<Bytes> stored = storedEvidence(challenge);
      if (stored.isPresent()) {
        return stored.get();
      }
      Tpm.Quote quote = tpm.quote(challenge);
      Bytes evidence =
          promises
              .write()
              .concat(
                  new CanonicalWriter()
                      .string(quote.publicArea())
                      .string(quote.attested())
                      .string(quote.r())
                      .string(quote.s())
                      .toBytes());
      home.replace(EVIDENCE, challenge.concat(evidence).toByteArray());
      return evidence;
    } catch (TpmFailure e) {
      throw new Nvram.Fault(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new Nvram.Fault("the TPM's word cannot be had: see whether it is there", e);
    }
  }

  /** A quote is another each time, and an HSM's identity is not. */
  private Optional<Bytes> storedEvidence(Bytes challenge) throws IOException {
    Path file = home.file(EVIDENCE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Bytes stored = Bytes.wrap(Files.readAllBytes(file));
    int head = Limits.DIGEST;
    return stored.size() > head && stored.slice(0, head).equals(challenge)
        ? Optional.of(stored.slice(head, stored.size()))
        : Optional.empty();
  }

  /** Out of the public area of the sealed key, as the TPM compared it when it opened it. */
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
    tpm.close();
    home.close();
  }
}
