package dev.coffer.node;

import dev.coffer.files.Settings;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every line a node's configuration may have. {@code member.<i>.…} stands once for each node of the
 * fleet.
 */
enum ConfigKey {
  NODE("node", null, "This node's number, 1 to n; its HSM has the same."),
  FLEET("fleet", null, "The file with the fleet's public description, as the founding wrote it."),
  HTTP_HOST("http.host", "127.0.0.1", "The address clients reach this node at."),
  HTTP_PORT("http.port", null, "The port clients reach this node at; 0 for any free one."),
  HTTP_ORIGINS(
      "http.allowed-origins",
      "",
      "Web origins whose pages may ask this node, separated by commas; * for all."),
  BIND_HOST(
      "bind.host",
      "",
      "The address the peers' and Raft's ports are opened on; empty: the member's host."),
  MEMBER_HOST("member.<i>.host", null, "The address the other nodes reach node i at."),
  MEMBER_PEER_PORT("member.<i>.peer-port", null, "The port of node i for calls between nodes."),
  MEMBER_RAFT_PORT("member.<i>.raft-port", null, "The port of node i for Raft."),
  TLS_KEY("tls.key", null, "This node's private key, PKCS #8 PEM, mode 600."),
  TLS_CERTIFICATE(
      "tls.certificate",
      null,
      "This node's certificate, PEM; it names the node's number and hosts."),
  TLS_AUTHORITY("tls.authority", null, "The authority that issued the nodes' certificates, PEM."),
  STORE_DIRECTORY(
      "store.directory", null, "Records, tree, chain values. Ciphertexts and hashes only."),
  STORE_CACHE_MIB("store.cache-mib", "8", "Heap for decoded tree pages, in MiB."),
  RAFT_DIRECTORY("raft.directory", null, "The Raft log. On the same disk as the store."),
  RAFT_MARKER(
      "raft.marker",
      null,
      "Remembers under which name this node may vote. Not inside raft.directory."),
  RAFT_ELECTION_MILLIS(
      "raft.election-millis",
      "150",
      "Silence of a leader after which another is elected, to three times this."),
  RAFT_KEEP_ENTRIES(
      "raft.keep-entries",
      "20000",
      "Entries that stay in the Raft log behind what is stored: who was away for longer fetches the state."),
  HSM_COMMAND("hsm.command", null, "The program that is the HSM."),
  HSM_HOME("hsm.home", null, "The HSM's own directory: its memory and sealed keys."),
  HSM_SOCKET("hsm.socket", null, "The Unix socket between node and HSM; at most 100 characters."),
  LOG_FILE(
      "log.file",
      null,
      "The log; rotated at 8 MiB, four are kept. Holds no account names and no secrets."),
  LOG_LEVEL("log.level", "INFO", "SEVERE, WARNING, INFO or FINE."),
  DISK_FREE_MIN_MIB(
      "disk.free-min-mib", "1024", "With less free space the node takes no new operations."),
  BUNDLE_DIRECTORY(
      "bundle.directory",
      "",
      "fleet.note, fleet.tlog-proof, trust-policies, fleets and retired; empty for pinned fleets."),
  CONNECTIONS("http.connections", "1024", "Connections of clients at once."),
  ADDRESS_CONNECTIONS(
      "http.connections-per-address",
      "256",
      "Of them from one IPv4 address or IPv6 /64; 0 for all."),
  REQUEST_SECONDS(
      "http.request-seconds",
      "10",
      "Seconds from a connection to its first whole request head, TLS handshake included."),
  METRICS_HOST("metrics.host", "127.0.0.1", "The address that /metrics is served at, without TLS."),
  METRICS_PORT(
      "metrics.port",
      "",
      "The port that /metrics is served at; 0 for any free one, empty for none."),
  TENANT_RATE(
      "limit.tenant.rate",
      "300",
      "Messages a second of one tenant that this node takes; 0 for no limit."),
  TENANT_BURST("limit.tenant.burst", "600", "Messages of one tenant at once after a pause."),
  ACCOUNT_RATE(
      "limit.account.rate",
      "1",
      "Messages a second of one account that this node takes; 0 for no limit."),
  ACCOUNT_BURST("limit.account.burst", "20", "Messages of one account at once after a pause."),
  ADDRESS_RATE(
      "limit.address.rate",
      "100",
      "Requests a second of one IPv4 address or IPv6 /64, of which a new connection takes four; 0 for"
          + " no limit."),
  ADDRESS_BURST("limit.address.burst", "400", "The same at once after a pause."),
  BAD_LOGINS_RATE(
      "limit.bad-logins.rate",
      "5",
      "Logins a second from one address that are none before no more are looked at, of expired ones"
          + " four times as many; 0 for no limit."),
  BAD_LOGINS_BURST(
      "limit.bad-logins.burst",
      "50",
      "The same at once after a pause; four times as many expired ones.");

  private final String text;
  private final Optional<String> fallback;
  private final String meaning;

  ConfigKey(String text, @org.jspecify.annotations.Nullable String fallback, String meaning) {
    this.text = text;
    this.fallback = Optional.ofNullable(fallback);
    this.meaning = meaning;
  }

  /** The name in the file; {@code <i>} for members. */
  String text() {
    return text;
  }

  /** The name for member {@code index}. */
  String text(int index) {
    return text.replace("<i>", Integer.toString(index));
  }

  /** What holds when the line is missing; empty if it must be there. */
  Optional<String> fallback() {
    return fallback;
  }

  /** One sentence. */
  String meaning() {
    return meaning;
  }

  /** All of them, for a reader of settings. */
  static Settings.Names names() {
    return Settings.Names.of(Stream.of(values()).map(ConfigKey::text).toList());
  }
}
