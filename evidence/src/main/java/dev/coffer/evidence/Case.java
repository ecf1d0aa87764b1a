package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One package under audit, and what the auditor knows besides. The ceremony is verified once, by
 * the ceremony's own rule.
 */
final class Case {
  private final PackageFiles files;
  private final Expectations expected;
  private final Verification ceremony;
  private final Tool tool;

  /** Says by which tool a signature could not be verified, which is no word on the signature. */
  private static final class Tool implements Signatures {
    private final Signatures tool;
    private Optional<String> trouble = Optional.empty();

    Tool(Signatures tool) {
      this.tool = tool;
    }

    @Override
    public Optional<String> objection(Participant participant, Bytes text, Bytes signature)
        throws IOException {
      try {
        return tool.objection(participant, text, signature);
      } catch (IOException e) {
        trouble = Optional.of(String.valueOf(e.getMessage()));
        throw e;
      }
    }
  }

  Case(Path directory, Signatures signatures, Expectations expected) {
    this.files = new PackageFiles(directory);
    this.expected = expected;
    this.tool = new Tool(signatures);
    this.ceremony = Verification.of(files.ceremony(), tool);
  }

  PackageFiles files() {
    return files;
  }

  Expectations expected() {
    return expected;
  }

  /** A file that has to be there. */
  Bytes file(String name) throws CeremonyRefused, IOException {
    return files
        .read(name)
        .orElseThrow(() -> new CeremonyRefused("there is no " + name, "Get the whole package."));
  }

  Manifest manifest() throws Refused, CeremonyRefused, IOException {
    return Manifest.parse(file(PackageFiles.MANIFEST));
  }

  /** What a fleet's line names; the octets that were checked, since each file is read once. */
  Optional<Bytes> manifestHash() {
    try {
      return Optional.of(manifest().hash());
    } catch (Refused | CeremonyRefused | IOException e) {
      return Optional.empty();
    }
  }

  Plan plan() throws CeremonyRefused {
    return ceremony.plan().orElseThrow(() -> new CeremonyRefused("there is no plan", "Get it."));
  }

  /** The fleet, as the identities and the plan make it. */
  Fleet fleet() throws CeremonyRefused {
    return ceremony.fleet().orElseThrow(() -> new CeremonyRefused("there is no fleet", "Get it."));
  }

  /** What is true of that fleet. */
  Promise founded() throws CeremonyRefused {
    return Promise.of(plan(), fleet());
  }

  Verification ceremony() {
    return ceremony;
  }

  /** Why people's signatures could not be verified here. */
  Optional<String> toolTrouble() {
    return tool.trouble;
  }
}
