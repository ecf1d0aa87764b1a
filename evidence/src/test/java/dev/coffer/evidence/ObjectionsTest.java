package dev.coffer.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a notary says before it signs for a fleet. */
class ObjectionsTest {
  private static final List<String> SITES = List.of("town-1", "town-2", "town-3");

  @TempDir private Path folder;

  private static ListedFleet listed(Fleet fleet, FleetState state, EvidencePackage made)
      throws Exception {
    Bytes manifest = Hashes.sha256(made.read(PackageFiles.MANIFEST));
    return ListedFleet.of(fleet, state, manifest, SITES);
  }

  private static List<String> to(ListedFleet listed, EvidencePackage made, boolean asking)
      throws Exception {
    Optional<Expectations.Challenge> challenge =
        asking
            ? Optional.of(
                made.hsms.challenge(
                    new Case(made.folder, ForgedCeremony.SIGNATURES, Expectations.NONE)))
            : Optional.empty();
    return Objections.to(
        listed,
        made.folder,
        ForgedCeremony.SIGNATURES,
        new Expectations(
            made.expected.signer(),
            Optional.empty(),
            made.expected.image(),
            Optional.empty(),
            challenge));
  }

  @Test
  void nothingSpeaksAgainstASoundFleet() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    assertEquals(List.of(), to(listed(made.fleet(), FleetState.ACTIVE, made), made, true));
  }

  @Test
  void whatAnAuditorMaySkipANotaryMayNot() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    List<String> said = to(listed(made.fleet(), FleetState.ANNOUNCED, made), made, false);
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.getFirst().startsWith("it is not known that " + Claim.POSSESSION.says()));
    assertEquals(List.of(), to(listed(made.fleet(), FleetState.RETIRING, made), made, false));
    made.hsms =
        new LiveHsms() {
          @Override
          Bytes over(int index, Bytes nonce) {
            return Bytes.zeros(32);
          }
        };
    said = to(listed(made.fleet(), FleetState.ACTIVE, made), made, true);
    assertTrue(said.getFirst().startsWith("it does not hold that " + Claim.POSSESSION.says()));
  }

  @Test
  void whatFailsIsSaidByItsSentence() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    ListedFleet listed = listed(made.fleet(), FleetState.ACTIVE, made);
    Files.write(made.expected.image().orElseThrow().resolve("lib/modules"), new byte[] {1});
    List<String> said = to(listed, made, true);
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.getFirst().startsWith("it does not hold that " + Claim.PROGRAM_REBUILT.says()));
  }

  @Test
  void anotherPackageThanTheListedOneIsNone() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    ListedFleet listed = listed(made.fleet(), FleetState.ACTIVE, made);
    made.promise(promise -> FleetTamperings.ofLimit(promise, 11));
    assertEquals(
        List.of("it does not hold that " + Claim.BUNDLE_EVIDENCE.says()), to(listed, made, true));
  }

  /** Keys that clients would be told, and that no HSM of the package has. */
  @Test
  void theListedKeysAreThoseOfThePackage() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    Fleet other = TransparencyWorld.fleet("other", 3, 2, "SIMULATED HSM");
    ListedFleet listed = listed(other, FleetState.ACTIVE, made);
    List<String> said = to(listed, made, true);
    assertEquals(2, said.size(), said.toString());
    assertTrue(said.get(0).contains(Claim.FLEET_EXPECTED.says()));
    assertTrue(said.get(1).contains(Claim.BUNDLE_LISTS.says()));
  }
}
