package dev.coffer.evidence.site;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The pages of a publication, as static files. The same publication gives the same octets; every
 * link is relative; nothing that somebody else wrote becomes markup. Stateless.
 */
public final class EvidenceSite {
  private static final List<String> ASSETS =
      List.of("site.css", "icon.svg", "check.js", "check-licenses.md");

  private EvidenceSite() {}

  /**
   * Writes the site into {@code directory}, which is empty, not there yet, or a site of this
   * program, of which nothing is left.
   *
   * @return how many files it has
   * @throws NotASite if something else is there; nothing was written
   */
  public static int write(Publication publication, Path directory) throws NotASite, IOException {
    SortedMap<String, Bytes> files = render(publication);
    SiteFolder.write(directory, files);
    return files.size();
  }

  /** All files by their path in the site. */
  static SortedMap<String, Bytes> render(Publication all) throws IOException {
    Layout layout = new Layout(all);
    SortedMap<String, Bytes> files = new TreeMap<>();
    for (String asset : ASSETS) {
      files.put("assets/" + asset, resource(asset));
    }
    files.put("index.html", FleetsPage.of(layout, all));
    files.put("verify.html", GuidePages.verify(layout, all));
    files.put("court.html", GuidePages.court(layout, all));
    files.put("feed.atom", Feed.of(all));
    all.log()
        .ifPresent(log -> {
          files.put("log.html", LogPage.of(layout, all, log));
          files.put(LogPage.DATA, LogPage.data(log));
          files.putAll(LogTiles.files(log));
          log.epochs().forEach(epoch -> files.put(LogPage.file(epoch), epoch.leaf()));
        });
    for (PublishedFleet fleet : all.fleets()) {
      String folder = fleet.folder() + "/";
      Bytes first = files.put(folder + "index.html", PromisesPage.of(layout, fleet));
      Invariant.check(first == null, "a fleet stands on a site once");
      files.put(folder + "hsms.html", HsmsPage.of(layout, fleet));
      files.put(folder + "ceremony.html", CeremonyPage.of(layout, fleet));
      files.put(folder + "claims.html", ClaimsPage.of(layout, fleet));
      files.put(folder + ClaimsPage.DATA, ClaimsPage.data(fleet, all.bundle()));
      fleet.files().forEach((name, content) -> files.put(folder + "package/" + name, content));
    }
    return files;
  }

  private static Bytes resource(String name) throws IOException {
    try (InputStream in = EvidenceSite.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("This program lacks " + name + ": install it again.");
      }
      return Bytes.wrap(in.readAllBytes());
    }
  }
}
