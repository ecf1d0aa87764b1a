package dev.coffer.protocol.fleet;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an HSM promises of itself, as it stands at the head of its attestation (PROTOCOL.md §10). A
 * model is a name; this is what clients and people compare. Promises are about the port: a model
 * that contains {@code SIMULATED} promises what it would keep if its hardware were any.
 *
 * <p><b>Not guaranteed:</b> that a promise is kept, or even meant. All three are the HSM's own
 * word, under a key of its own: a program that was changed says what it likes, also that a vendor
 * vouches for it. Comparing them guards against a fleet that was put together by mistake, and
 * against nobody who lies.
 *
 * @param keys who can take its keys away
 * @param memory what it does when its memory is put back to an older one
 * @param voucher who stands for all this, as it says itself
 */
public record HsmPromises(Keys keys, Memory memory, Voucher voucher) {
  /** What an HSM promises whose attestation holds no promise that can be read. */
  public static final HsmPromises NONE =
      new HsmPromises(Keys.DISK, Memory.UNNOTICED, Voucher.NOBODY);

  /** What an HSM on plain files says instead of promises. */
  public static final Bytes SIMULATED =
      Bytes.wrap(
          "SIMULATED: no hardware vouches for this HSM\n".getBytes(StandardCharsets.US_ASCII));

  private static final String HEAD = "coffer-hsm 1\n";

  /** Who can take the keys away; later ones hold more. */
  public enum Keys {
    /** Whoever reads its disk. */
    DISK("whoever reads its disk has its keys"),
    /** Not who has a copy of the disk; root on the host while it runs. */
    SEALED("a copy of its disk holds no key; root on the running host reads them"),
    /** Nobody outside the hardware. */
    INSIDE("its keys never leave the hardware");

    private final String meaning;

    Keys(String meaning) {
      this.meaning = meaning;
    }
  }

  /** What happens when its memory is put back; later ones hold more. */
  public enum Memory {
    /** It does not notice by itself; the other HSMs tell it, if they were not put back too. */
    UNNOTICED("an older memory is not noticed by itself"),
    /** It notices, unless the memory is older by no more than the entries since its last anchor. */
    ANCHORED("an older memory is refused, but for the entries since the last anchor"),
    /** It never works on an older one. */
    MONOTONIC("an older memory is refused");

    private final String meaning;

    Memory(String meaning) {
      this.meaning = meaning;
    }
  }

  /** Who stands for the promises by the HSM's own word; later ones are worth more if verified. */
  public enum Voucher {
    /** The HSM's own word. */
    NOBODY("nobody else says so"),
    /** A key in a device signed the measured state, and no vendor was asked whose device it is. */
    DEVICE("it says that its device signed for this, which nobody here has verified"),
    /** A signature that leads to the hardware's vendor. */
    VENDOR("it says that its hardware's vendor vouches for this, which nobody here has verified");

    private final String meaning;

    Voucher(String meaning) {
      this.meaning = meaning;
    }
  }

  /** The promises of {@code hsm}. */
  public static HsmPromises of(HsmIdentity hsm) {
    int evidence = hsm.attestation().size() - Limits.SIGNATURE;
    return evidence < 0 ? NONE : read(hsm.attestation().slice(0, evidence)).orElse(NONE);
  }

  /** The promises that {@code evidence} begins with; empty if it does not. */
  public static Optional<HsmPromises> read(Bytes evidence) {
    String text = new String(evidence.toByteArray(), StandardCharsets.ISO_8859_1);
    // 27 texts: none of them is ambiguous, and nothing else is one.
    for (Keys keys : Keys.values()) {
      for (Memory memory : Memory.values()) {
        for (Voucher voucher : Voucher.values()) {
          HsmPromises promises = new HsmPromises(keys, memory, voucher);
          if (text.startsWith(promises.text())) {
            return Optional.of(promises);
          }
        }
      }
    }
    return Optional.empty();
  }

  /** The lines that an attestation begins with, ASCII; the last is empty. */
  public Bytes write() {
    return Bytes.wrap(text().getBytes(StandardCharsets.US_ASCII));
  }

  private String text() {
    return HEAD
        + "keys "
        + word(keys)
        + "\nmemory "
        + word(memory)
        + "\nvoucher "
        + word(voucher)
        + "\n\n";
  }

  /** All three, in one line. */
  public String words() {
    return "keys " + word(keys) + " memory " + word(memory) + " voucher " + word(voucher);
  }

  /** How a promise is written: a word in lower case. */
  public static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether keys and memory are promised at least as {@code floor} asks for. A floor that asks for
   * a voucher is reached by nobody: that somebody vouches is the HSM's own word too, until a
   * verifier of attestations has confirmed it, and nothing here does.
   */
  public boolean reach(HsmPromises floor) {
    return keys.compareTo(floor.keys) >= 0
        && memory.compareTo(floor.memory) >= 0
        && floor.voucher == Voucher.NOBODY;
  }

  /** Three phrases for people, what the HSM says of itself: of keys, of memory, of who vouches. */
  public List<String> meaning() {
    return Arrays.asList(keys.meaning, memory.meaning, voucher.meaning);
  }
}
