package dev.coffer.notary.log;

import dev.coffer.notary.http.Fetch;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.TlogProof;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;

/** A log on the web, read and added to. Thread-safe. */
public final class RemoteLog implements GrowingLog {
  private final Fetch fetch;
  private final String prefix;

  /**
   * @param prefix the log's URL, to which paths are appended after a slash
   */
  public RemoteLog(Fetch fetch, URI prefix) {
    this.fetch = fetch;
    String text = prefix.toString();
    this.prefix = text.endsWith("/") ? text : text + "/";
  }

  /** It does not answer: the same again may succeed. The message is a sentence. */
  public static final class Away extends IOException {
    private static final long serialVersionUID = 1L;

    private Away(String message, IOException cause) {
      super(message, cause);
    }
  }

  private Fetch.Reply get(String path, int max) throws IOException {
    try {
      return fetch.get(URI.create(prefix + path), max);
    } catch (IOException e) {
      throw away(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading a log");
    }
  }

  private Away away(IOException e) {
    return new Away("The log at " + prefix + " cannot be asked: " + e.getMessage(), e);
  }

  private static Bytes ok(Fetch.Reply reply, String path) throws IOException {
    if (reply.status() != 200) {
      throw new IOException(path + " was answered with " + reply.status() + ".");
    }
    return reply.body();
  }

  @Override
  public Bytes checkpoint() throws IOException {
    return ok(get("checkpoint", Note.SIZE_MAX), "checkpoint");
  }

  @Override
  public Bytes read(TilePath tile) throws IOException, Refused {
    Fetch.Reply reply = get(tile.path(), LogFiles.FILE_MAX);
    if (reply.status() == 404 && tile.width() < TilePath.FULL) {
      // The log may have deleted it since the full tile is there.
      TilePath full = new TilePath(tile.level(), tile.index(), TilePath.FULL);
      return LogFiles.cut(
          tile, TilePath.FULL, ok(get(full.path(), LogFiles.FILE_MAX), full.path()));
    }
    return ok(reply, tile.path());
  }

  @Override
  public TlogProof add(Bytes leaf) throws IOException, InterruptedException, Refused {
    Fetch.Reply reply;
    try {
      reply = fetch.post(URI.create(prefix + "add-leaf"), leaf, TlogProof.SIZE_MAX);
    } catch (IOException e) {
      throw away(e);
    }
    return switch (reply.status()) {
      case 200, 202 -> TlogProof.parse(reply.body());
      case 403 -> throw new Refused(RefusalCode.BAD_SIGNATURE, "the log does not admit this leaf");
      case 409 ->
          throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "the log does not admit this leaf now");
      default -> throw new IOException("add-leaf was answered with " + reply.status() + ".");
    };
  }
}
