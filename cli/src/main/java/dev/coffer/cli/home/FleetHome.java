package dev.coffer.cli.home;

import java.nio.file.Path;

/**
 * Where a local fleet keeps what. All below one directory, mode 700.
 *
 * @param directory absolute
 */
public record FleetHome(Path directory) {
  /** The fleet's public description. */
  public Path fleet() {
    return directory.resolve("fleet.bin");
  }

  /** The development issuer's keys. */
  public Path issuer() {
    return directory.resolve("issuer");
  }

  /** The certificate that clients check the nodes' TLS certificates against. */
  public Path authority() {
    return directory.resolve("ca.pem");
  }

  /** The key that {@link #authority} is for: it issues the nodes' certificates. */
  public Path authorityKey() {
    return directory.resolve("authority.key");
  }

  /** Held while a command changes the fleet. */
  public Path lock() {
    return directory.resolve("lock");
  }

  /** There while a founding is under way. */
  public Path unfinished() {
    return directory.resolve("founding-unfinished");
  }

  /** Everything of node {@code index}. */
  public Path node(int index) {
    return directory.resolve("node-" + index);
  }

  /**
   * Its HSM's sealed state and non-volatile memory: with the HSM's file, the only thing that is
   * secret here.
   */
  public Path hsm(int index) {
    return node(index).resolve("hsm");
  }

  /** Its TLS key and certificate. */
  public Path tls(int index) {
    return node(index).resolve("tls");
  }

  /** Its configuration. */
  public Path config(int index) {
    return node(index).resolve("config.properties");
  }

  /** What it wrote on its standard streams: little, and the reason if it could not start. */
  public Path output(int index) {
    return node(index).resolve("node.out");
  }

  /** What it logs itself: the newest of the files, older ones count up. */
  public Path log(int index) {
    return node(index).resolve("node.log.0");
  }

  /** What it records when asked to. */
  public Path recording(int index) {
    return node(index).resolve("node.aot");
  }

  /** Where it and its HSM talk. */
  public Path socket(int index) {
    return node(index).resolve("hsm.socket");
  }

  /** Its process. */
  public Path pid(int index) {
    return node(index).resolve("node.pid");
  }
}
