package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.CeremonyFiles;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.notary.http.Answer;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.http.Query;
import dev.coffer.notary.http.SmallServer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Shows an exchange folder to the other sites of a ceremony: its files by their names, read only,
 * and nothing else of this machine. All of them are public. Thread-safe.
 */
final class ExchangeServer {
  /** Before a file's name. */
  static final String PATH = "/coffer-ceremony/v1/";

  /** In the place of a name: a line {@code SHA-256 name} for each file that is there. */
  static final String LIST = "files";

  private final List<String> names;
  private final Folder folder;

  private ExchangeServer(List<String> names, Folder folder) {
    this.names = names;
    this.folder = folder;
  }

  /**
   * Serves until it is closed.
   *
   * @throws IOException if the address cannot be had
   */
  static SmallServer start(Listen listen, Plan plan, Folder folder) throws IOException {
    ExchangeServer server = new ExchangeServer(CeremonyFiles.of(plan), folder);
    return SmallServer.start(listen, 0, server::answer);
  }

  private Answer answer(Query query) throws IOException {
    if (query.reads(PATH + LIST)) {
      return Answer.text(200, list());
    }
    Optional<String> name = names.stream().filter(known -> query.reads(PATH + known)).findFirst();
    Optional<Bytes> content = name.isPresent() ? folder.read(name.get()) : Optional.empty();
    return content
        .map(octets -> Answer.octets(Answer.OCTETS, Answer.NO_STORE, octets))
        .orElseGet(() -> Answer.text(404, "no such file of this ceremony is here"));
  }

  /** Transcripts after what they name: the command may be writing. */
  private String list() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String name : names.reversed()) {
      Optional<Bytes> content = folder.read(name);
      content.ifPresent(octets ->
          lines.append(Hashes.sha256(octets).hex()).append(' ').append(name).append('\n'));
    }
    return lines.toString().stripTrailing();
  }
}
