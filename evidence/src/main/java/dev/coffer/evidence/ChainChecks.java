package dev.coffer.evidence;

import dev.coffer.attestation.DeviceChain;
import dev.coffer.attestation.NotAttested;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Claims about certificates that vendors gave for the devices of a fleet. Stateless. */
public final class ChainChecks {
  private ChainChecks() {}

  /** What stands of the chains of a package. */
  private record Found(int chains, List<String> ended, List<String> open) {}

  static Finding stand(Case of) throws IOException {
    Optional<Expectations.Today> today = of.expected().today();
    if (today.isEmpty()) {
      return Finding.skip("no time was given: whether certificates count now is not known");
    }
    Found found = found(of.files(), today.get());
    if (found.chains == 0) {
      return Finding.skip("there is no certificate of a device in the package");
    }
    if (!found.ended.isEmpty()) {
      return Finding.fail(String.join("; ", found.ended));
    }
    return found.open.isEmpty()
        ? Finding.pass("certificates of " + found.chains + " devices, and lists of revoked ones")
        : Finding.skip(String.join("; ", found.open));
  }

  /**
   * The certificates in the package in {@code directory} that do not count at that time, by the
   * lists of revoked ones in it: a sentence each.
   */
  public static List<String> ended(Path directory, Instant now) throws IOException {
    return found(new PackageFiles(directory), new Expectations.Today(now, List.of())).ended;
  }

  private static Found found(PackageFiles files, Expectations.Today today) throws IOException {
    Found found = new Found(0, new ArrayList<>(), new ArrayList<>());
    List<X509CRL> lists = new ArrayList<>();
    try {
      for (Bytes pem : today.revoked()) {
        lists.addAll(DeviceChain.lists(pem));
      }
      Optional<Bytes> own = files.read(PackageFiles.REVOKED);
      if (own.isPresent()) {
        lists.addAll(DeviceChain.lists(own.get()));
      }
    } catch (NotAttested e) {
      found.ended.add("a list of revoked certificates cannot be read");
    }
    int chains = 0;
    for (int index = 1; index <= Limits.HSMS_MAX; index++) {
      Optional<Bytes> pem = files.read(PackageFiles.chain(index));
      if (pem.isEmpty()) {
        continue;
      }
      chains++;
      String called = "HSM " + index + ": ";
      try {
        DeviceChain.Standing standing = DeviceChain.read(pem.get()).at(today.now(), lists);
        if (!standing.counts()) {
          found.ended.add(called + standing.why());
        } else if (!standing.known()) {
          found.open.add(called + standing.why());
        }
      } catch (NotAttested e) {
        found.ended.add(called + "its certificates are no chain. " + e.getMessage());
      }
    }
    return new Found(chains, found.ended, found.open);
  }
}
