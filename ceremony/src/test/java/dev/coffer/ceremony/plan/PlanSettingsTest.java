package dev.coffer.ceremony.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.SettingMistake;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people write, and what they are told when it cannot be. */
class PlanSettingsTest {
  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("ceremony.settings"), text);
  }

  @Test
  void aPlanHasOneEncodingWhateverTheFileLooksLike() throws Exception {
    String settings = SampleSettings.of(5, "yes");
    Plan plan = PlanSettings.read(file(settings));
    Plan same = PlanSettings.read(file("# a comment\n\n" + settings.replace(" = ", "=")));
    assertEquals(plan.hash(), same.hash());
    assertEquals(plan, Plan.parse(plan.encode()));
    assertEquals(3, plan.settings().t());
    assertEquals(5, plan.signaturesNeeded());
    assertTrue(PlanScript.markdown(plan).contains(Words.lines(plan.hash()).getFirst()));
    assertTrue(PlanScript.markdown(plan).contains("--exchange STICK --hsm PROGRAM`"));
  }

  @Test
  void sitesThatAskEachOtherHaveAPortForIt() throws Exception {
    String settings = SampleSettings.of(3, "no");
    Plan plan = PlanSettings.read(file(settings + "site.2.exchange-port = 8446\n"));
    assertEquals(8446, plan.site(2).exchangePort().getAsInt());
    assertTrue(plan.site(1).exchangePort().isEmpty());
    assertEquals(plan, Plan.parse(plan.encode()));
    assertTrue(PlanScript.markdown(plan).contains("| 8446 |"));
    Path bad = file(settings + "site.2.exchange-port = 8444\n");
    SettingMistake mistake = assertThrows(SettingMistake.class, () -> PlanSettings.read(bad));
    assertTrue(
        mistake.getMessage().contains("has to differ from the site's other ports"),
        mistake.getMessage());
  }

  @Test
  void aPilotOfThreeIsPlannedByTheSameFile() throws Exception {
    Plan pilot = PlanSettings.read(file(SampleSettings.of(3, "no")));
    assertEquals(2, pilot.settings().t());
    String moved = "coffer bundle propose --set global=active --set first=retiring";
    assertTrue(PlanScript.markdown(pilot).contains(moved));
    Plan global = PlanSettings.read(file(SampleSettings.of(5, "no")));
    assertFalse(PlanScript.markdown(global).contains(moved));
  }

  /** Each is one change of a good file, and a part of the sentence, with the line it is about. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "hsms = 5 | hsms = 4 | line 2: 'hsms' is 3, 5 or 7",
        "hsms = 5 | hsms = 3 | line 2: 'hsms' is 3, and 5 sites are described",
        "capture-quorum = 3 | capture-quorum = 2 | line 3: 'capture-quorum' is 2, and of 5 HSMs it"
            + " is 3 to 5",
        "capture-quorum = 3 | capture-quorum = 6 | line 3: 'capture-quorum' is 6",
        "capture-quorum = 3 | threshold = 2 | line 3: 'threshold' of 5 HSMs is 3",
        "guess-limit = 10 | guess-limit = 11 | 'guess-limit' is a whole number from 1 to 10",
        "guess-limit = 10 | guess-limits = 10 | did you mean 'guess-limit'?",
        "delete-by-login = no | # nothing | lacks 'delete-by-login': add it",
        "delete-by-login = no | delete-by-login = maybe | is one of yes, no",
        "site.2.name = town-2 | site.2.name = town-1 | 'site.2.name' is the name of site 1, too",
        "site.2.host = 192.0.2.2 | site.2.host = 192.0.2.1 | 'site.2.host' is the address of site"
            + " 1, too",
        "site.2.host = 192.0.2.2 | site.2.host = a b | line 13: 'site.2.host' is no host: give a"
            + " name such as",
        "site.2.host = 192.0.2.2 | site.2.host = a:b | 'site.2.host' is no host: give",
        "site.2.host = 192.0.2.2 | site.2.host = 999.1.1.1 | 'site.2.host' is no host: give",
        "site.2.host = 192.0.2.2 | site.2.host = vault2.example:8443 | 'site.2.host' is no host:"
            + " give",
        "site.2.host = 192.0.2.2 | site.2.host = ::ffff:192.0.2.1 | 'site.2.host' is the address of"
            + " site 1, too",
        "site.2.host = 192.0.2.2 | site.2.host = 127.0.0.9 | is reached from its own machine alone",
        "site.2.host = 192.0.2.2 | site.2.host = 0.0.0.0 | is reached from its own machine alone",
        "site.2.host = 192.0.2.2 | site.2.raft-port = 8443 | lacks 'site.2.host'",
        "site.5.name = town-5 | site.7.name = town-7 | 'site.7.name' leaves out site.6",
        "site.1.host = 192.0.2.1 | site.1.host = 127.0.0.1 | is reached from its own machine alone",
        "tenant.1.root-key = 11 | tenant.1.root-key = zz | is an Ed25519 public key",
        "participant.2.name = person-2 | participant.2.name = person-1 | 'participant.2.name'",
        "participant.2.key = ssh-ed25519 | participant.2.key = ssh-rsa | 'participant.2.key' is no"
            + " Ed25519",
        "ceremony = pilot-1 | ceremony = Pilot 1 | 'ceremony' is a name of small letters",
        "ceremony = pilot-1 | nonsense | is not of the form name = value",
      })
  void aMistakeIsNamedWithItsLine(String good, String bad, String said) throws Exception {
    String settings = SampleSettings.of(5, "no");
    assertTrue(settings.contains(good), good);
    Path file = file(settings.replaceFirst(java.util.regex.Pattern.quote(good), bad));
    SettingMistake mistake = assertThrows(SettingMistake.class, () -> PlanSettings.read(file));
    assertTrue(mistake.getMessage().contains(said), mistake.getMessage());
    assertTrue(mistake.getMessage().contains("ceremony.settings"), mistake.getMessage());
  }

  /** Two lines each, put before a good file, and a part of the sentence. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "site.2.hsm = plain | # nothing | 'site.2.hsm' is SIMULATED on plain files",
        "site.2.exchange-port = 0 | # nothing | 'site.2.exchange-port' is",
        "site.2.hsm = teapot | # nothing | 'site.2.hsm' is one of plain, token, tpm",
        "site.2.hsm = tpm | site.2.pcr-digest = 11 | 'site.2.pcr-digest' is a SHA-256 in 64 small",
        "measurement = 11 | # nothing | 'measurement' is a SHA-256 in 64 small",
        "site.2.hsm = tpm | site.2.pcrs = 0 | 'site.2.pcrs' says nothing without site.2.pcr-digest:"
            + " add it",
        "site.2.hsm = token | site.2.pcr-digest = DIGEST | 'site.2.pcr-digest' is for a TPM: add"
            + " site.2.hsm = tpm",
        "site.2.hsm = tpm and site.2.pcr-digest = DIGEST | site.2.pcrs = 4,2 | 'site.2.pcrs' is"
            + " numbers from 0 to 23",
        "site.2.hsm = tpm and site.2.pcr-digest = DIGEST | site.2.pcrs = 00 | 'site.2.pcrs' is"
            + " numbers from 0 to 23",
        "site.2.hsm = tpm and site.2.pcr-digest = DIGEST | site.2.pcrs = 24 | 'site.2.pcrs' is"
            + " numbers from 0 to 23",
        "site.2.hsm = tpm and site.2.pcr-digest = DIGEST | site.2.pcrs = 0,,1 | 'site.2.pcrs' is"
            + " numbers from 0 to 23",
      })
  void hardwareThatCannotBeIsNamed(String one, String two, String said) throws Exception {
    String lines = (one + '\n' + two + '\n').replace("DIGEST", "11".repeat(32));
    Path file = file(lines.replace(" and ", "\n") + SampleSettings.of(5, "no"));
    SettingMistake mistake = assertThrows(SettingMistake.class, () -> PlanSettings.read(file));
    assertTrue(mistake.getMessage().contains(said), mistake.getMessage());
  }

  @Test
  void fewerParticipantsThanSitesAreTooFew() throws Exception {
    String settings = SampleSettings.of(5, "no").replaceAll("participant\\.5\\..*\n", "");
    SettingMistake mistake =
        assertThrows(SettingMistake.class, () -> PlanSettings.read(file(settings)));
    assertTrue(mistake.getMessage().contains("4 participants for 5 sites"), mistake.getMessage());
  }

  @Test
  void twoWithOneKeyAreOnePerson() throws Exception {
    String key = SampleSettings.key(1);
    String settings = SampleSettings.of(5, "no").replace(SampleSettings.key(2), key);
    SettingMistake mistake =
        assertThrows(SettingMistake.class, () -> PlanSettings.read(file(settings)));
    assertTrue(mistake.getMessage().contains("another participant's, too"), mistake.getMessage());
  }

  /** Somebody else's plan keeps the same rules, and has no second form. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "capture-quorum 3 | capture-quorum 2",
        "threshold 3 | threshold 2",
        "hours-max 4 | hours-max 04",
        "delete-by-login no | delete-by-login nay",
        "ceremony pilot-1 | ceremony  pilot-1",
        "signatures-needed 5 | signatures-needed 2",
        "site 2 town-2 | site 3 town-2",
      })
  void aPlanThatWasTouchedIsNone(String good, String bad) throws Exception {
    String text =
        new String(
            PlanSettings.read(file(SampleSettings.of(5, "no"))).encode().toByteArray(),
            StandardCharsets.US_ASCII);
    assertTrue(text.contains(good), good);
    Bytes touched = Bytes.wrap(text.replace(good, bad).getBytes(StandardCharsets.US_ASCII));
    assertThrows(CeremonyRefused.class, () -> Plan.parse(touched));
    assertThrows(CeremonyRefused.class, () -> Plan.parse(touched.slice(0, touched.size() - 1)));
  }
}
