/**
 * Encrypted, incremental backups in a folder or a bucket. Android links everything but {@code
 * dev.coffer.backup.s3}, which needs {@code java.net.http}.
 */
module dev.coffer.backup {
  requires transitive dev.coffer.protocol;
  requires static org.jspecify;
  requires java.net.http;
  requires java.xml;
  requires com.exceptionfactory.jagged;
  requires com.exceptionfactory.jagged.framework;
  requires com.exceptionfactory.jagged.x25519;
  requires com.exceptionfactory.jagged.bech32;

  exports dev.coffer.backup;
  exports dev.coffer.backup.deposit;
  exports dev.coffer.backup.folder;
  exports dev.coffer.backup.repository;
  exports dev.coffer.backup.s3;
}
