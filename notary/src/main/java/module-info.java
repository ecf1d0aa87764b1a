/**
 * The servers of transparency: the log of bundles, witnesses that cosign logs, and the notary that
 * signs bundles. Each is a process of its own with a key of its own.
 */
module dev.coffer.notary {
  requires transitive dev.coffer.transparency;
  requires dev.coffer.files;
  requires dev.coffer.pkcs11;
  requires java.logging;
  requires java.net.http;
  requires jdk.httpserver;

  exports dev.coffer.notary.bundle;
  exports dev.coffer.notary.disk;
  exports dev.coffer.notary.http;
  exports dev.coffer.notary.key;
  exports dev.coffer.notary.log;
  exports dev.coffer.notary.operator;
  exports dev.coffer.notary.server;
  exports dev.coffer.notary.witness;
}
