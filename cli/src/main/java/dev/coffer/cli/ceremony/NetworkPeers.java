package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Site;
import dev.coffer.ceremony.record.CeremonyFiles;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.run.Peers;
import dev.coffer.client.port.Pause;
import dev.coffer.notary.http.Fetch;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The other sites' exchange folders, over HTTP, at the addresses of the plan. Only what is taken
 * from that site and not here yet is fetched. Whoever answers may be slow, silent or hostile: a
 * file has at most {@value Folder#OCTETS_MAX} octets, an answer and a whole look have a latest
 * moment, and nothing is believed that the ceremony does not check. Not thread-safe.
 */
final class NetworkPeers implements Peers, AutoCloseable {
  /** For one answer. */
  static final Duration ANSWER = Duration.ofSeconds(10);

  /** For all that is fetched from a site in a look. */
  static final Duration LOOK = Duration.ofSeconds(60);

  private static final int LIST_MAX = 32 << 10;

  private final List<Site> others;
  private final Folder own;
  private final Pause time;
  private final Fetch fetch;
  private final List<String> names;
  private final Plan plan;

  /** What each site had when it last answered. */
  private final Map<Integer, Set<String>> listed = new HashMap<>();

  /** Why a site's last look gave nothing. */
  private final Map<Integer, String> silent = new TreeMap<>();

  /** A site's folder as it was listed. */
  private record Shown(String where, Map<String, Bytes> files) implements Folder {
    @Override
    public Optional<Bytes> read(String name) {
      return Optional.ofNullable(files.get(name));
    }

    @Override
    public void write(String name, Bytes content) {
      throw new UnsupportedOperationException("a site fetches by itself");
    }

    @Override
    public String toString() {
      return where;
    }
  }

  /**
   * @param site this one, which is not asked
   * @param own what is here already
   */
  NetworkPeers(Plan plan, int site, Folder own, Pause time, Duration answer) {
    this.plan = plan;
    this.others =
        plan.sites().stream()
            .filter(other -> other.index() != site && other.exchangePort().isPresent())
            .toList();
    this.own = own;
    this.time = time;
    this.fetch = new Fetch(answer);
    this.names = CeremonyFiles.of(plan);
  }

  @Override
  public List<Peer> look() throws IOException {
    Map<String, Bytes> mine = mine();
    List<Peer> there = new ArrayList<>();
    for (Site other : others) {
      try {
        there.add(new Peer(other.index(), look(other, mine)));
        silent.remove(other.index());
      } catch (IOException e) {
        silent.put(other.index(), String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while other sites were asked", e);
      }
    }
    return there;
  }

  /** Why sites gave nothing when they were last asked, each by its number. */
  Map<Integer, String> silent() {
    return Collections.unmodifiableMap(new TreeMap<>(silent));
  }

  /** Sites that have not been seen with everything that is here now. */
  List<Site> lacking() throws IOException {
    Set<String> mine = mine().keySet();
    return others.stream()
        .filter(other -> !listed.getOrDefault(other.index(), Set.of()).containsAll(mine))
        .toList();
  }

  private static String hash(Bytes octets) {
    return Hashes.sha256(octets).hex();
  }

  private Map<String, Bytes> mine() throws IOException {
    Map<String, Bytes> mine = new HashMap<>();
    for (String name : names) {
      own.read(name).ifPresent(content -> mine.put(name, content));
    }
    return mine;
  }

  private Folder look(Site other, Map<String, Bytes> mine)
      throws IOException, InterruptedException {
    long began = time.nanoTime();
    Map<String, String> theirs = list(other);
    Map<String, Bytes> files = new HashMap<>();
    // A transcript after the messages that it names: that site may be writing.
    for (String name : CeremonyFiles.takenFrom(plan, other.index()).reversed()) {
      if (time.nanoTime() - began > LOOK.toNanos()) {
        throw new IOException(other.called() + " is too slow.");
      }
      Bytes here = mine.get(name);
      if (here != null && hash(here).equals(theirs.get(name))) {
        files.put(name, here);
      } else if (theirs.containsKey(name)) {
        files.put(name, get(other, name, Folder.OCTETS_MAX));
      }
    }
    listed.put(other.index(), Set.copyOf(theirs.keySet()));
    return new Shown(other.called(), files);
  }

  private Map<String, String> list(Site other) throws IOException, InterruptedException {
    Bytes list = get(other, ExchangeServer.LIST, LIST_MAX);
    Map<String, String> theirs = new HashMap<>();
    String text = new String(list.toByteArray(), StandardCharsets.US_ASCII);
    // A site that has nothing yet lists nothing, in a line without text.
    for (String line : text.isBlank() ? List.<String>of() : text.lines().toList()) {
      String[] words = line.split(" ", -1);
      if (words.length != 2
          || !names.contains(words[1])
          || theirs.putIfAbsent(words[1], words[0]) != null) {
        throw new IOException(other.called() + " lists what is no file of this ceremony.");
      }
    }
    return theirs;
  }

  private Bytes get(Site other, String name, int max) throws IOException, InterruptedException {
    Fetch.Reply reply;
    try {
      URI address =
          new URI(
              "http",
              null,
              other.host(),
              other.exchangePort().orElseThrow(),
              ExchangeServer.PATH + name,
              null,
              null);
      reply = fetch.get(address, max);
    } catch (URISyntaxException e) {
      throw new IOException("The host of " + other.called() + " is none.", e);
    } catch (IOException e) {
      throw new IOException(other.called() + " does not answer, or not as it should.", e);
    }
    if (reply.status() != 200) {
      throw new IOException(other.called() + " does not give " + name + ".");
    }
    return reply.body();
  }

  @Override
  public void close() {
    fetch.close();
  }
}
