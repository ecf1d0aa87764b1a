package dev.coffer.cli.local;

import java.nio.file.Path;

/**
 * Where a local fleet keeps what. All below one directory, mode 700.
 *
 * @param directory absolute
 */
public record FleetHome(Path directory) {
  /** The fleet's public description. */
  Path fleet() {
    return directory.resolve("fleet.bin");
  }

  /** The development issuer's keys. */
  Path issuer() {
    return directory.resolve("issuer");
  }

  /** The certificate that clients check the nodes' TLS certificates against. */
  Path authority() {
    return directory.resolve("ca.pem");
  }

  /** Held while a command changes the fleet. */
  Path lock() {
    return directory.resolve("lock");
  }

  /** There while a founding is under way. */
  Path unfinished() {
    return directory.resolve("founding-unfinished");
  }

  /** Everything of node {@code index}. */
  Path node(int index) {
    return directory.resolve("node-" + index);
  }

  /**
   * Its HSM's sealed state and non-volatile memory: with the HSM's file, the only thing that is
   * secret here.
   */
  Path hsm(int index) {
    return node(index).resolve("hsm");
  }

  /** Its TLS key and certificate. */
  Path tls(int index) {
    return node(index).resolve("tls");
  }

  /** Its configuration. */
  public Path config(int index) {
    return node(index).resolve("config.properties");
  }

  /** What it wrote on its standard streams: little, and the reason if it could not start. */
  Path output(int index) {
    return node(index).resolve("node.out");
  }

  /** What it logs itself: the newest of the files, older ones count up. */
  Path log(int index) {
    return node(index).resolve("node.log.0");
  }

  /** What it records when asked to. */
  Path recording(int index) {
    return node(index).resolve("node.aot");
  }

  /** Where it and its HSM talk. */
  Path socket(int index) {
    return node(index).resolve("hsm.socket");
  }

  /** Its process. */
  Path pid(int index) {
    return node(index).resolve("node.pid");
  }
}
