package dev.coffer.evidence;

import dev.coffer.attestation.DeviceChain;
import dev.coffer.attestation.NotAttested;
import dev.coffer.attestation.TpmEvidence;
import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Claims about certificates that vendors gave for the devices of a fleet. Stateless. */
public final class ChainChecks {
  private ChainChecks() {}

  /**
   * The chains of a package.
   *
   * @param chains by the number of their HSM
   * @param wrong a sentence of each file that is none
   */
  private record Found(Map<Integer, DeviceChain> chains, List<String> wrong) {
    static Found in(PackageFiles files) throws IOException {
      Found found = new Found(new TreeMap<>(), new ArrayList<>());
      for (int index = 1; index <= Limits.HSMS_MAX; index++) {
        Optional<Bytes> pem = files.read(PackageFiles.chain(index));
        try {
          if (pem.isPresent()) {
            found.chains.put(index, DeviceChain.read(pem.get()));
          }
        } catch (NotAttested e) {
          found.wrong.add(called(index) + "its certificates are no chain. " + e.getMessage());
        }
      }
      return found;
    }
  }

  /** How they stand at a time, or whose they are: what fails, and what is not known. */
  private record Standing(List<String> failed, List<String> open) {
    Standing() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  static Finding stand(Case of) throws CeremonyRefused, IOException {
    Found found = Found.in(of.files());
    if (found.chains.isEmpty() && found.wrong.isEmpty()) {
      return Finding.skip("there is no certificate of a device in the package");
    }
    Standing tied = tied(of.fleet(), found);
    List<String> failed = new ArrayList<>(found.wrong);
    failed.addAll(tied.failed);
    List<String> open = new ArrayList<>();
    Optional<Expectations.Today> today = of.expected().today();
    if (today.isPresent()) {
      Standing counting = counting(of.files(), found, today.get());
      failed.addAll(counting.failed);
      open.addAll(counting.open);
    } else {
      open.add("no time was given: whether certificates count now is not known");
    }
    open.addAll(tied.open);
    if (!failed.isEmpty()) {
      return Finding.fail(String.join("; ", failed));
    }
    return open.isEmpty()
        ? Finding.pass(
            "certificates of the keys that quoted for "
                + found.chains.size()
                + " HSMs, and lists of revoked ones")
        : Finding.skip(String.join("; ", open));
  }

  /**
   * The certificates in the package in {@code directory} that do not count that day, by its lists
   * of revoked ones and those given: a sentence each.
   */
  public static List<String> ended(Path directory, Expectations.Today today) throws IOException {
    PackageFiles files = new PackageFiles(directory);
    Found found = Found.in(files);
    List<String> ended = new ArrayList<>(found.wrong);
    ended.addAll(counting(files, found, today).failed);
    return ended;
  }

  private static String called(int index) {
    return "HSM " + index + ": ";
  }

  /** By the key that quoted for each HSM: a chain says nothing else of whose device it is about. */
  private static Standing tied(Fleet fleet, Found found) {
    Standing tied = new Standing();
    Map<Bytes, Integer> shown = new TreeMap<>();
    found.chains.forEach((index, chain) -> {
      Optional<Integer> quoted = quotedFor(fleet, chain);
      Integer before = shown.putIfAbsent(chain.key(), index);
      if (quoted.isPresent() && !quoted.get().equals(index)) {
        tied.failed.add(
            called(index) + chain.called() + " is of the device of HSM " + quoted.get());
      } else if (before != null) {
        tied.failed.add(
            called(index) + chain.called() + " is of the key that HSM " + before + " shows one of");
      } else if (quoted.isEmpty()) {
        tied.open.add(
            called(index) + "nothing ties " + chain.called() + " to it: its key quoted for no HSM");
      }
    });
    return tied;
  }

  /** The HSM whose keys that device quoted. No two have one device, by the ceremony's rules. */
  private static Optional<Integer> quotedFor(Fleet fleet, DeviceChain chain) {
    for (int index = 1; index <= fleet.hsms().size(); index++) {
      HsmIdentity hsm = fleet.hsm(index);
      try {
        if (HsmPromises.of(hsm).voucher() == HsmPromises.Voucher.DEVICE
            && chain.isOf(TpmEvidence.verify(hsm))) {
          return Optional.of(index);
        }
      } catch (NotAttested e) {
        // Said by the claim about attestations, on which this one rests.
      }
    }
    return Optional.empty();
  }

  private static Standing counting(PackageFiles files, Found found, Expectations.Today today)
      throws IOException {
    Standing counting = new Standing();
    List<Bytes> given = new ArrayList<>(today.revoked());
    files.read(PackageFiles.REVOKED).ifPresent(given::add);
    List<X509CRL> lists = new ArrayList<>();
    for (Bytes pem : given) {
      try {
        lists.addAll(DeviceChain.lists(pem));
      } catch (NotAttested e) {
        // What the others say counts none the less.
        counting.failed.add("a list of revoked certificates cannot be read");
      }
    }
    found.chains.forEach((index, chain) -> {
      DeviceChain.Standing standing = chain.at(today.now(), lists);
      if (!standing.counts()) {
        counting.failed.add(called(index) + standing.why());
      } else if (!standing.known()) {
        counting.open.add(called(index) + standing.why());
      }
    });
    return counting;
  }
}
