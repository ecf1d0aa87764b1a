package dev.coffer.backup.webdav;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.StoredObject;
import dev.coffer.backup.remote.FolderTree;
import dev.coffer.backup.remote.HttpAnswer;
import dev.coffer.backup.remote.HttpService;
import dev.coffer.backup.remote.NotForPhones;
import dev.coffer.backup.remote.ObjectNames;
import dev.coffer.backup.remote.Pause;
import dev.coffer.protocol.crypto.Randomness;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.xml.stream.XMLStreamException;

/**
 * A store in a folder of a WebDAV server: one file an object. Thread-safe.
 *
 * <p><b>Guarantees:</b> an object is uploaded under another name and then moved to its own, so it
 * is there whole or not at all where the server moves in one step. Requests that fail in passing
 * are tried again for minutes. <b>Not guaranteed:</b> that the server has written to its disk what
 * it has accepted; WebDAV has no word for it.
 */
@NotForPhones
public final class WebDavStore implements ObjectStore {
  private static final int ANSWER_MAX = 64 << 10;
  private static final int FOLDER_MAX = 64 << 20;
  private static final int NAME_OCTETS = 16;
  private static final Set<Integer> PASSING = Set.of(408, 423, 425, 429, 500, 502, 503, 504);

  /** Scheme, host and port. */
  private final String server;

  /** The folder, encoded, with a slash at each end. */
  private final String base;

  private final String place;
  private final Optional<WebDavLogin> login;
  private final Randomness randomness;
  private final HttpService service;
  private final FolderTree tree;
  private final Set<String> foldersMade = ConcurrentHashMap.newKeySet();

  WebDavStore(
      URI folder,
      Optional<WebDavLogin> login,
      Randomness randomness,
      HttpClient.Builder ways,
      Pause pause) {
    if (folder.getRawUserInfo() != null
        || folder.getRawQuery() != null
        || folder.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "write the address without user, password, question mark and number sign");
    }
    URI wanted = HttpService.checked(folder).normalize();
    this.place = wanted.getRawAuthority();
    this.server = wanted.getScheme() + "://" + place;
    this.base = ("/" + wanted.getRawPath() + "/").replaceAll("/+", "/");
    this.login = login;
    this.randomness = randomness;
    this.service = new HttpService(place, ways, pause);
    this.tree = new FolderTree(place, this::members);
  }

  /**
   * The store in {@code folder}, which the first put makes if it is not there. Connects at the
   * first call. An {@link IllegalArgumentException} says what to write instead.
   *
   * @param folder {@code https}, or plain http to this machine
   * @param randomness names what is not whole yet
   * @param ways proxies and certificates; everything else is set here
   */
  public static WebDavStore at(
      URI folder, Optional<WebDavLogin> login, Randomness randomness, HttpClient.Builder ways) {
    return new WebDavStore(folder, login, randomness, ways, Pause.system());
  }

  private HttpRequest.Builder request(String method, String path, byte[] content) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(content));
    login.ifPresent(user -> request.header("Authorization", user.header()));
    return request;
  }

  private HttpAnswer call(String method, String path, byte[] content, int sizeMax)
      throws BackupException {
    return service.call(() -> request(method, path, content), sizeMax, WebDavStore::isPassing);
  }

  private static boolean isPassing(HttpAnswer answer) {
    return PASSING.contains(answer.status());
  }

  @Override
  public void put(String name, byte[] content) throws BackupException {
    String file = base + ObjectNames.checkedFile(name);
    String temporary = base + ObjectNames.TEMPORARY + "/put" + randomness.bytes(NAME_OCTETS).hex();
    folder(base + ObjectNames.TEMPORARY + "/");
    folder(file.substring(0, file.lastIndexOf('/') + 1));
    HttpAnswer sent = call("PUT", temporary, content, ANSWER_MAX);
    if (!sent.isFine()) {
      call("DELETE", temporary, new byte[0], ANSWER_MAX);
    }
    require(sent);
    // A crash before this leaves a file in tmp/, which the next prune removes.
    HttpAnswer moved =
        service.call(
            () ->
                request("MOVE", temporary, new byte[0])
                    .header("Destination", server + file)
                    .header("Overwrite", "T"),
            ANSWER_MAX,
            WebDavStore::isPassing);
    if (moved.status() == 404
        && get(name, content.length).filter(there -> Arrays.equals(there, content)).isPresent()) {
      // It was moved, and the answer was lost: there was nothing to move the second time.
      return;
    }
    require(moved);
  }

  /** Makes a folder and those that it is in. */
  private void folder(String path) throws BackupException {
    if (foldersMade.contains(path)) {
      return;
    }
    HttpAnswer made = call("MKCOL", path, new byte[0], ANSWER_MAX);
    if ((made.status() == 409 || made.status() == 404) && path.length() > 1) {
      folder(path.substring(0, path.lastIndexOf('/', path.length() - 2) + 1));
      made = call("MKCOL", path, new byte[0], ANSWER_MAX);
    }
    // 405: it is there.
    if (made.status() != 405) {
      require(made);
    }
    foldersMade.add(path);
  }

  @Override
  public Optional<byte[]> get(String name, int sizeMax) throws BackupException {
    HttpAnswer answer =
        call(
            "GET",
            base + ObjectNames.checkedFile(name),
            new byte[0],
            Math.max(sizeMax, ANSWER_MAX));
    if (isAbsent(answer)) {
      return Optional.empty();
    }
    if (answer.tooLong() || answer.isFine() && answer.body().length > sizeMax) {
      throw ObjectNames.fault(name, "is larger than any Coffer writes");
    }
    require(answer);
    return Optional.of(answer.body());
  }

  private static boolean isAbsent(HttpAnswer answer) {
    return answer.status() == 404 || answer.status() == 410;
  }

  /** What is in a folder; empty if it is not there. */
  private List<FolderTree.Member> members(String path) throws BackupException {
    byte[] question = Folder.QUESTION.getBytes(StandardCharsets.UTF_8);
    HttpAnswer answer =
        service.call(
            () ->
                request("PROPFIND", base + path, question)
                    .header("Depth", "1")
                    .header("Content-Type", "application/xml"),
            FOLDER_MAX,
            WebDavStore::isPassing);
    if (isAbsent(answer)) {
      return List.of();
    }
    if (answer.tooLong()) {
      throw ObjectNames.endless(place);
    }
    require(answer);
    try {
      return Folder.parse(answer.body(), URI.create(server + base + path).getPath()).members();
    } catch (XMLStreamException e) {
      throw new BackupException(
          Reason.STORE_FAULT,
          place + " does not answer as WebDAV does: check that this is the address of its WebDAV.",
          e);
    }
  }

  @Override
  public boolean isEmpty() throws BackupException {
    return tree.isEmpty();
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> sink) throws BackupException {
    tree.list(prefix, sink);
  }

  @Override
  public void delete(String name) throws BackupException {
    HttpAnswer answer =
        call("DELETE", base + ObjectNames.checkedFile(name), new byte[0], ANSWER_MAX);
    if (!isAbsent(answer)) {
      require(answer);
    }
  }

  @Override
  public void sweep(Instant before) throws BackupException {
    tree.sweep(before, name -> call("DELETE", base + name, new byte[0], ANSWER_MAX));
  }

  @Override
  public void flush() {
    // The server answers a move when it is done; it promises no more.
  }

  /** Throws what went wrong, with the next step, unless nothing did. */
  private void require(HttpAnswer answer) throws BackupException {
    if (answer.isFine()) {
      return;
    }
    String said = " (" + answer.status() + ")";
    throw switch (answer.status()) {
      case 401, 403 ->
          new BackupException(
              Reason.STORE_DENIED,
              place + " refuses the login or the permission" + said + ": check user and password.");
      case 507, 413 ->
          new BackupException(
              Reason.STORE_FULL,
              place + " is full" + said + ": free some space and run the same command again.");
      case 301, 302, 303, 307, 308 ->
          new BackupException(
              Reason.STORE_FAULT, "The folder is elsewhere" + said + ": correct the address.");
      default ->
          isPassing(answer)
              ? new BackupException(
                  Reason.STORE_UNREACHABLE,
                  place + " does not work now" + said + ": run the same command later.")
              : new BackupException(
                  Reason.STORE_FAULT,
                  place + " refuses the request" + said + ": check the repository's address.");
    };
  }
}
