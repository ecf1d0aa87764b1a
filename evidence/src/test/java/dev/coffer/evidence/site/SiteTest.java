package dev.coffer.evidence.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.evidence.Claim;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.evidence.Sites;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Frontier;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TileHashes;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.TileReader;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TreeProver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The published pages, read by the JDK's own parser of XML. */
class SiteTest {
  /** Where the browser tests of web/evidence find a site. */
  private static final Path SAMPLE = Path.of("target", "sample-site");

  @TempDir private Path folder;
  private Sites sites;

  @BeforeEach
  void make() throws Exception {
    sites = Sites.in(folder);
  }

  private Publication publication(int... numbers) throws Exception {
    List<PublishedFleet> fleets = new ArrayList<>();
    for (int number : numbers) {
      fleets.add(sites.audited(number));
    }
    return new Publication(
        fleets,
        Optional.of(sites.log()),
        Optional.of(sites.logged()),
        Instant.ofEpochSecond(Sites.NOW));
  }

  private static String text(SortedMap<String, Bytes> files, String name) {
    return new String(files.get(name).toByteArray(), StandardCharsets.UTF_8);
  }

  private static Document parse(Bytes page) throws Exception {
    DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    return builder.parse(new ByteArrayInputStream(page.toByteArray()));
  }

  private static List<Element> elements(Document page, String name) {
    NodeList found = page.getElementsByTagName(name);
    List<Element> all = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      all.add((Element) found.item(i));
    }
    return all;
  }

  private static Map<String, Document> pages(SortedMap<String, Bytes> files) throws Exception {
    Map<String, Document> pages = new TreeMap<>();
    for (Map.Entry<String, Bytes> file : files.entrySet()) {
      if (file.getKey().endsWith(".html")) {
        pages.put(file.getKey(), parse(file.getValue()));
      }
    }
    return pages;
  }

  private static Set<String> ids(Document page) {
    Set<String> ids = new HashSet<>();
    for (Element element : elements(page, "*")) {
      String id = element.getAttribute("id");
      assertTrue(id.isEmpty() || ids.add(id), id + " stands twice");
    }
    return ids;
  }

  @Test
  void everyLinkIsRelativeAndResolves() throws Exception {
    SortedMap<String, Bytes> files = EvidenceSite.render(publication(0, 1));
    Map<String, Document> pages = pages(files);
    assertEquals(12, pages.size(), pages.keySet().toString());
    int checked = 0;
    for (Map.Entry<String, Document> page : pages.entrySet()) {
      for (Element element : elements(page.getValue(), "*")) {
        for (String name : List.of("href", "src")) {
          if (element.hasAttribute(name)) {
            assertResolves(files, pages, page.getKey(), element.getAttribute(name));
            checked++;
          }
        }
      }
    }
    for (Element link : elements(parse(files.get("feed.atom")), "link")) {
      assertResolves(files, pages, "feed.atom", link.getAttribute("href"));
    }
    assertTrue(checked > 500, checked + " links");
  }

  private static void assertResolves(
      SortedMap<String, Bytes> files, Map<String, Document> pages, String from, String link) {
    assertFalse(link.startsWith("/") || link.contains(":"), from + " links " + link);
    String[] parts = link.split("#", 2);
    Path here = Path.of(from);
    String to = parts[0].isEmpty() ? from : here.resolveSibling(parts[0]).normalize().toString();
    assertTrue(files.containsKey(to), from + " links " + link);
    if (parts.length == 2) {
      assertTrue(ids(pages.get(to)).contains(parts[1]), from + " links " + link);
    }
  }

  @Test
  void nothingIsInlineAndNothingIsFromElsewhere() throws Exception {
    for (Map.Entry<String, Document> page :
        pages(EvidenceSite.render(publication(0, 1))).entrySet()) {
      List<Element> policies =
          elements(page.getValue(), "meta").stream()
              .filter(meta -> meta.getAttribute("http-equiv").equals("Content-Security-Policy"))
              .toList();
      assertEquals(1, policies.size(), page.getKey());
      assertTrue(policies.getFirst().getAttribute("content").startsWith("default-src 'none';"));
      for (Element element : elements(page.getValue(), "*")) {
        assertFalse(element.hasAttribute("style"), page.getKey());
        assertFalse(element.getTagName().equals("style"), page.getKey());
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
          assertFalse(element.getAttributes().item(i).getNodeName().startsWith("on"));
        }
      }
      for (Element script : elements(page.getValue(), "script")) {
        assertEquals("", script.getTextContent(), page.getKey());
        assertFalse(script.hasAttribute("type"), "a file: loads no module");
      }
    }
  }

  @Test
  void theSamePublicationGivesTheSameOctets() throws Exception {
    SortedMap<String, Bytes> once = EvidenceSite.render(publication(0, 1));
    SortedMap<String, Bytes> again = EvidenceSite.render(publication(1, 0));
    assertEquals(once, again);
  }

  @Test
  void everyPageOfADemonstrationSaysSoAndNoOther() throws Exception {
    SortedMap<String, Bytes> both = EvidenceSite.render(publication(0, 1));
    String simulated = sites.audited(0).folder();
    String tpm = sites.audited(1).folder();
    for (Map.Entry<String, Document> page : pages(both).entrySet()) {
      boolean says =
          elements(page.getValue(), "body").getFirst().getAttribute("class").equals("simulated");
      boolean titled =
          elements(page.getValue(), "title").getFirst().getTextContent().startsWith("SIMULATED: ");
      boolean banner =
          elements(page.getValue(), "p").stream()
              .anyMatch(p ->
                  p.getAttribute("class").equals("banner")
                      && p.getTextContent().startsWith("SIMULATED "));
      boolean expected = !page.getKey().startsWith(tpm);
      assertEquals(List.of(expected, expected, expected), List.of(says, titled, banner));
    }
    assertTrue(text(both, simulated + "/hsms.html").contains("class=\"stamp\">SIMULATED<"));
    assertTrue(text(both, "feed.atom").contains("<title>SIMULATED: Evidence of fleet pilot-1<"));
    SortedMap<String, Bytes> alone = EvidenceSite.render(publication(1));
    for (String page : List.of("index.html", "verify.html", "court.html", "feed.atom")) {
      assertFalse(text(alone, page).contains("SIMULATED:"), page);
    }
  }

  /** The verdicts are the audit's, claim by claim. */
  @Test
  void eachClaimStandsWithItsVerdictAndWhatWasCompared() throws Exception {
    PublishedFleet fleet = sites.audited(0);
    SortedMap<String, Bytes> files = EvidenceSite.render(publication(0));
    Document page = parse(files.get(fleet.folder() + "/claims.html"));
    for (Claim claim : Claim.values()) {
      Element item =
          elements(page, "li").stream()
              .filter(li -> li.getAttribute("id").equals(claim.word()))
              .findFirst()
              .orElseThrow();
      String said = item.getTextContent();
      assertTrue(said.contains(fleet.finding(claim).outcome() + " " + claim.says()), said);
      assertTrue(said.contains(fleet.finding(claim).why()), said);
    }
    for (String name : fleet.files().keySet()) {
      assertEquals(fleet.files().get(name), files.get(fleet.folder() + "/package/" + name));
      assertTrue(
          elements(page, "a").stream()
              .anyMatch(a -> a.getAttribute("href").equals("package/" + name)),
          name + " is not linked");
    }
  }

  /** No sentence says more than its claims: what failed or was skipped stands beside it. */
  @Test
  void eachSentenceIsLinkedToItsClaimsAndSaysHowTheyCameOut() throws Exception {
    sites.claimNoException(0);
    for (int number : List.of(0, 1)) {
      PublishedFleet fleet = sites.audited(number);
      Document page =
          parse(EvidenceSite.render(publication(number)).get(fleet.folder() + "/index.html"));
      List<Element> items =
          elements(page, "li").stream().filter(li -> !li.getAttribute("id").isEmpty()).toList();
      assertEquals(PlainSentence.values().length, items.size());
      for (int i = 0; i < items.size(); i++) {
        PlainSentence sentence = PlainSentence.values()[i];
        String said = items.get(i).getTextContent();
        assertTrue(said.contains(sentence.says(fleet, fleet.fleet().orElseThrow())), said);
        assertFalse(sentence.claims().isEmpty());
        Optional<Claim> open = sentence.open(fleet);
        Outcome worst = open.map(claim -> fleet.finding(claim).outcome()).orElse(Outcome.PASS);
        String word =
            switch (worst) {
              case PASS -> number == 0 ? "Shown of a demonstration" : "Shown";
              case FAIL -> "Does not hold";
              case SKIP -> "Not shown";
            };
        NodeList marks = items.get(i).getElementsByTagName("span");
        assertEquals(word, marks.item(0).getTextContent(), sentence.name());
        NodeList links = items.get(i).getElementsByTagName("a");
        assertEquals(sentence.claims().size(), links.getLength());
      }
    }
    Map<PlainSentence, Outcome> expected =
        Map.of(
            PlainSentence.TOLD, Outcome.FAIL,
            PlainSentence.HARDWARE, Outcome.SKIP,
            PlainSentence.SPLIT, Outcome.PASS);
    PublishedFleet lied = sites.audited(0);
    expected.forEach((sentence, outcome) ->
        assertEquals(
            outcome,
            sentence.open(lied).map(claim -> lied.finding(claim).outcome()).orElse(Outcome.PASS)));
  }

  /** What is said of people is what the plan and the files say, and no more. */
  @Test
  void aSentenceSaysHowManySigned() throws Exception {
    Files.delete(sites.folder(0).resolve("ceremony/signature-person-3.sig"));
    PublishedFleet fleet = sites.audited(0);
    String said = PlainSentence.WATCHED.says(fleet, fleet.fleet().orElseThrow());
    assertEquals("People at every place confirmed the words; 2 of 3 signed what was done.", said);
  }

  /** Its pages have a policy; a page of somebody else beside them would have none. */
  @Test
  void aPackageWithAPageOfItsOwnIsNotPublished() throws Exception {
    for (String name : List.of("report.html", "x.svg", "x.js", "ceremony/x.xhtml")) {
      Path page = Files.writeString(sites.folder(0).resolve(name), "<script>alert(1)</script>");
      IOException refused = assertThrows(IOException.class, () -> sites.audited(0));
      assertEquals(name + " is a name that no file of a package has", refused.getMessage());
      Files.delete(page);
    }
  }

  @Test
  void aFleetWhoseClaimsFailSaysSoOnEveryPageOfIts() throws Exception {
    sites.claimNoException(0);
    SortedMap<String, Bytes> files = EvidenceSite.render(publication(0, 1));
    String broken = "2 claims about pilot-1 do not hold. Do not rely on this fleet.";
    String tpm = sites.audited(1).folder();
    for (Map.Entry<String, Document> page : pages(files).entrySet()) {
      String said = page.getValue().getDocumentElement().getTextContent();
      boolean shown = said.contains("FAIL") && said.contains("Do not rely on this fleet.");
      assertEquals(!page.getKey().startsWith(tpm), shown, page.getKey());
    }
    assertTrue(
        parse(files.get("index.html")).getDocumentElement().getTextContent().contains(broken));
  }

  /** Whatever somebody puts into a package, it is text on a page. */
  @Test
  void aHostilePackageIsText() throws Exception {
    String evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;\u202e\u0007";
    Markup shown = Markup.tag("p", Markup.at("title", evil), Markup.text(evil));
    Document page = parse(Bytes.wrap(shown.toString().getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        evil.replace('\u202e', '\ufffd').replace('\u0007', '\ufffd'),
        page.getDocumentElement().getTextContent());
    assertEquals(1, elements(page, "*").size());

    Path hostile = sites.folder(0);
    Path transcript = hostile.resolve("ceremony/site-2.transcript");
    Files.writeString(transcript, Files.readString(transcript).replace("the \"back\" door", evil));
    String manifest = Files.readString(hostile.resolve("manifest.json"));
    Files.writeString(
        hostile.resolve("manifest.json"),
        manifest.replace("pilot-1", "<script>alert(2)</script></title>"));
    Files.writeString(hostile.resolve("ceremony/plan.txt"), "ceremony <script>alert(3)</script>\n");
    SortedMap<String, Bytes> files = EvidenceSite.render(publication(0));
    for (Map.Entry<String, Document> one : pages(files).entrySet()) {
      assertEquals(
          List.of(),
          elements(one.getValue(), "script").stream()
              .map(script -> script.getAttribute("src"))
              .filter(src -> !src.matches("(\\.\\./)?(assets/check|package|log)\\.js"))
              .toList());
      assertEquals(List.of(), elements(one.getValue(), "img"), one.getKey());
    }
    PublishedFleet read = sites.audited(0);
    assertTrue(read.simulated(), "what cannot be read is no guarantee");
    assertTrue(read.count(Outcome.FAIL) > 0);
  }

  @Test
  void aForeignFolderIsNotTouched() throws Exception {
    Path there = folder.resolve("site");
    Publication both = publication(0, 1);
    int files = EvidenceSite.write(both, there);
    assertTrue(Files.exists(there.resolve("log.html")));
    Path mine = Files.writeString(there.resolve("mine.txt"), "mine");
    Publication one =
        new Publication(List.of(sites.audited(1)), Optional.empty(), Optional.empty(), both.at());
    assertTrue(EvidenceSite.write(one, there) < files);
    assertFalse(Files.exists(there.resolve("log.html")), "what is no longer published is gone");
    assertFalse(Files.exists(there.resolve(sites.audited(0).folder())));
    assertEquals("mine", Files.readString(mine));

    Path log = Files.writeString(there.resolve("log.html"), "my own log");
    NotASite refused = assertThrows(NotASite.class, () -> EvidenceSite.write(both, there));
    assertTrue(refused.getMessage().contains("log.html"), refused.getMessage());
    assertEquals("my own log", Files.readString(log));
    assertFalse(Files.exists(there.resolve(sites.audited(0).folder())), "nothing was written");

    Path foreign = Files.createDirectories(folder.resolve("foreign"));
    Files.writeString(foreign.resolve("thesis.txt"), "years of work");
    assertThrows(NotASite.class, () -> EvidenceSite.write(one, foreign));
    Files.writeString(
        foreign.resolve("site-files.txt"), "coffer/evidence-site/v1\n../thesis.txt\n");
    assertThrows(NotASite.class, () -> EvidenceSite.write(one, foreign));
    assertEquals("years of work", Files.readString(foreign.resolve("thesis.txt")));
    assertThrows(NotASite.class, () -> EvidenceSite.write(one, foreign.resolve("thesis.txt")));
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Path linked = Files.createDirectories(folder.resolve("linked"));
    Files.writeString(linked.resolve("site-files.txt"), "coffer/evidence-site/v1\n");
    Files.createSymbolicLink(linked.resolve("assets"), outside);
    assertThrows(IOException.class, () -> EvidenceSite.write(one, linked));
    try (Stream<Path> left = Files.list(outside)) {
      assertEquals(0, left.count());
    }
  }

  /** Whoever reads tiled logs reads this one, and proves every epoch under its checkpoint. */
  @Test
  void theLogIsThereForOtherTools() throws Exception {
    PublishedLog log = sites.log();
    SortedMap<String, Bytes> files = EvidenceSite.render(publication(0, 1));
    Checkpoint checkpoint =
        Checkpoint.parse(Note.parse(files.get("log/checkpoint")).unverifiedText());
    assertEquals(log.epochs().size(), checkpoint.size());
    proves(log, files, checkpoint.size(), checkpoint.root());
  }

  /** More leaves than a tile holds: full ones, partial ones, and a level above. */
  @Test
  void aLongLogHasTilesOfAllKinds() throws Exception {
    PublishedLog log = sites.log();
    PublishedLog.Epoch one = log.epochs().getFirst();
    List<PublishedLog.Epoch> many = new ArrayList<>();
    Frontier frontier = Frontier.EMPTY;
    for (int number = 1; number <= 515; number++) {
      Bytes leaf = Bytes.wrap(("leaf " + number).getBytes(StandardCharsets.US_ASCII));
      many.add(new PublishedLog.Epoch(number, leaf, one.digest(), Optional.empty(), "", List.of()));
      frontier = frontier.append(Tlog.leafHash(leaf));
    }
    PublishedLog longer =
        new PublishedLog(log.namespace(), log.checkpoint(), log.policies(), log.cosigned(), many);
    SortedMap<String, Bytes> files = LogTiles.files(longer);
    assertEquals(
        Set.of(
            "log/checkpoint",
            "log/tile/0/000",
            "log/tile/0/001",
            "log/tile/0/002.p/3",
            "log/tile/1/000.p/2",
            "log/tile/entries/000",
            "log/tile/entries/001",
            "log/tile/entries/002.p/3"),
        files.keySet());
    proves(longer, files, 515, frontier.root());
  }

  private static void proves(
      PublishedLog log, SortedMap<String, Bytes> files, long size, Bytes root) throws Exception {
    TileReader tiles = path -> files.get("log/" + path.path());
    TreeProver prover = new TreeProver(new TileHashes(tiles, size));
    assertEquals(root, prover.root(size));
    for (int index = 0; index < size; index += Math.max(1, (int) size / 5)) {
      TilePath entries = TilePath.in(TilePath.ENTRIES, index / TilePath.FULL, size);
      Bytes leaf =
          Tile.decodeEntries(tiles.read(entries), entries.width()).get(index % TilePath.FULL);
      assertEquals(log.epochs().get(index).leaf(), leaf);
      List<Bytes> proof = prover.inclusion(index, size);
      Tlog.checkInclusion(index, size, Tlog.leafHash(leaf), proof, root);
    }
  }

  /** Also what {@code npm test} in web/evidence opens in browsers. */
  @Test
  void aSampleIsWritten() throws Exception {
    assertTrue(EvidenceSite.write(publication(0, 1), SAMPLE) > 50);
  }
}
