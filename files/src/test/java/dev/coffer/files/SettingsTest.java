package dev.coffer.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.Settings.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final Names NAMES =
      new Names(Set.of("http.port", "key", "member.<i>.host", "level"), Set.of("witness"));

  @TempDir Path folder;

  private Settings read(String text) throws SettingMistake, IOException {
    return Settings.read(Files.writeString(folder.resolve("conf"), text), NAMES);
  }

  private String refused(String text) {
    return assertThrows(SettingMistake.class, () -> read(text))
        .getMessage()
        .replace(folder.toString(), "");
  }

  @Test
  void readsLines() throws Exception {
    Settings settings =
        read(
            "# words\n\n  http.port = 80\nkey=a = b\nmember.12.host = x\nwitness=1\r\nwitness = 2");
    assertEquals(Optional.of(80L), settings.number("http.port", 0, 65_535));
    assertEquals("a = b", settings.required("key"));
    assertEquals(Optional.of("x"), settings.text("member.12.host"));
    assertEquals(List.of("1", "2"), settings.all("witness"));
    assertEquals(Optional.of(folder.resolve("a = b")), settings.path("key"));
    assertEquals(Set.of("http.port", "key", "member.12.host", "witness"), settings.set());
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertEquals(
        "/conf line 2 sets 'htp.port', which means nothing: did you mean 'http.port'?",
        refused("\nhtp.port = 1"));
    assertTrue(refused("member.100.host = a").contains("did you mean 'member.<i>.host'"));
    assertTrue(refused("member.0.host = a").contains("means nothing"));
    assertTrue(refused(" = a").contains("means nothing"));
    assertEquals(
        "/conf line 1 is not of the form name = value: write it so.", refused("http.port"));
    assertEquals(
        "/conf line 2 sets 'key' again after /conf line 1: take one away.",
        refused("key = 1\nkey = 2"));
  }

  @Test
  void refusesWhatIsNoSettingsFile() throws IOException {
    assertTrue(refused("# " + "x".repeat(Settings.FILE_MAX)).contains("larger than 64 KiB"));
    Path bad = Files.write(folder.resolve("bad"), new byte[] {'k', '=', (byte) 0xff});
    assertTrue(
        assertThrows(SettingMistake.class, () -> Settings.read(bad, NAMES))
            .getMessage()
            .contains("no text in UTF-8"));
    assertThrows(SettingMistake.class, () -> Settings.read(folder, NAMES));
  }

  @Test
  void aPathIsRelativeToWhereItWasWritten() throws Exception {
    Settings file = read("key = a");
    assertEquals(Optional.of(folder.resolve("a")), file.path("key"));
    Path typed = Path.of("b").toAbsolutePath();
    assertEquals(Optional.of(typed), file.under("key", List.of("b")).path("key"));
    assertEquals(Optional.of(typed), file.under(Map.of("C_KEY", "b"), "C_").path("key"));
    assertEquals(Optional.of(typed), Settings.none(NAMES).under("key", List.of("b")).path("key"));
  }

  @Test
  void saysWhereAWrongValueStands() throws Exception {
    Settings settings = read("http.port = 65536\nlevel = LOUD\nkey = \u0000");
    assertEquals(
        "/conf line 1: 'http.port' is a whole number from 0 to 65535.",
        assertThrows(SettingMistake.class, () -> settings.number("http.port", 0, 65_535))
            .getMessage()
            .replace(folder.toString(), ""));
    assertThrows(SettingMistake.class, () -> settings.choice("level", List.of("INFO")));
    assertThrows(SettingMistake.class, () -> settings.path("key"));
    assertTrue(
        assertThrows(SettingMistake.class, () -> settings.required("member.1.host"))
            .getMessage()
            .endsWith("lacks 'member.1.host': add it."));
  }

  @Test
  void flagsWinOverTheEnvironmentAndThatOverTheFile() throws Exception {
    Settings file = read("http.port = 1\nkey = file\nmember.1.host = a\nwitness = w");
    Settings all =
        file.under(
                Map.of(
                    "COFFER_HTTP_PORT", "2",
                    "COFFER_KEY", "",
                    "COFFER_MEMBER_1_HOST", "b",
                    "COFFER_WITNESS", "x,y"),
                "COFFER_")
            .under("http.port", List.of("3"))
            .under("key", List.of());
    assertEquals(Optional.of("3"), all.text("http.port"));
    assertEquals("file", all.required("key"), "an empty variable sets nothing");
    assertEquals(Optional.of("b"), all.text("member.1.host"));
    assertEquals(List.of("x", "y"), all.all("witness"));
    assertTrue(all.wrong("http.port", "is odd").getMessage().startsWith("The flag --http.port:"));
    assertTrue(
        all.wrong("member.1.host", "is odd")
            .getMessage()
            .startsWith("The variable COFFER_MEMBER_1_HOST:"));
    assertEquals(Optional.of("1"), file.text("http.port"), "the file's settings stay as they were");
  }

  @Test
  void withoutAFilePathsAreThoseOfTheWorkingFolder() throws Exception {
    Settings settings = Settings.none(NAMES).under("key", List.of("a/../b"));
    assertEquals(Path.of("b").toAbsolutePath(), settings.requiredPath("key"));
  }
}
