package dev.coffer.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three programs say which names a file of a package has, and they say the same. */
class NamesTest {
  private static final Path SCRIPT =
      Path.of("src/main/resources/dev/coffer/evidence/check-with-stock-tools.sh");
  private static final Path BROWSER = Path.of("../web/evidence/src/manifest.ts");
  private static final List<String> PARTS =
      List.of("plan", "fleet", "transcript", "identity", "certificates", "commitments", "reveals");
  private static final List<String> ENDS =
      List.of(
          "txt",
          "bin",
          "sig",
          "json",
          "sh",
          "pub",
          "manifest",
          "release",
          "html",
          "js",
          "statement");

  @TempDir private Path folder;

  private static String all(Pattern pattern, String text) {
    StringBuilder found = new StringBuilder();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      found.append(matcher.group(1));
    }
    return found.toString();
  }

  private static String script() throws Exception {
    String lines = all(Pattern.compile("(?m)^known=['\"](.*)['\"]$"), Files.readString(SCRIPT));
    return lines.replace("$known", "");
  }

  private static String browser() throws Exception {
    String text = Files.readString(BROWSER);
    String known = text.substring(text.indexOf("const KNOWN"), text.indexOf("const PEM"));
    String form = all(Pattern.compile("\"(.*)\""), known).replace("\\\\", "\\");
    assertTrue(form.startsWith("^(") && form.endsWith(")$"), form);
    return form.substring(2, form.length() - 2);
  }

  /** Names that packages have, and such as are nearly theirs. */
  private List<String> names() throws Exception {
    List<String> names = new ArrayList<>(new PackageFiles(Tampering.sound(folder).folder).names());
    List<String> near =
        new ArrayList<>(List.of("ceremony/signature-x.sig", "ceremony/signature-.sig"));
    for (String part : PARTS) {
      for (String end : ENDS) {
        near.add(part + "." + end);
        near.add("ceremony/" + part + "." + end);
      }
      for (int site = 0; site < 10; site++) {
        near.add("ceremony/site-" + site + "." + part);
      }
    }
    for (String name : names) {
      near.add(name + "x");
      near.add("x" + name);
      near.add("ceremony/" + name);
      near.add(name.replace("ceremony/", ""));
      near.add(name.replace('.', 'x'));
    }
    names.addAll(near);
    return names;
  }

  @Test
  void theScriptAndTheBrowserKnowTheNamesThatJavaKnows() throws Exception {
    assertEquals(script(), browser());
    Pattern theirs = Pattern.compile(browser());
    int known = 0;
    for (String name : names()) {
      boolean here = PackageFiles.KNOWN.matcher(name).matches();
      assertEquals(here, theirs.matcher(name).matches(), name);
      known += here ? 1 : 0;
    }
    assertTrue(known > 60, "a file of each kind, and of each site: " + known);
  }
}
