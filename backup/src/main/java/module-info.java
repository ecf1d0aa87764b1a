/**
 * Encrypted, incremental backups in a folder, a bucket, or on a server with WebDAV or SFTP. Android
 * links everything but {@code dev.coffer.backup.s3} and {@code dev.coffer.backup.webdav}, which
 * need {@code java.net.http}. {@code dev.coffer.backup.sftp} needs JSch, which whoever uses it
 * adds.
 */
module dev.coffer.backup {
  requires transitive dev.coffer.protocol;
  requires static org.jspecify;
  requires static com.jcraft.jsch;
  requires transitive java.net.http;
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
  exports dev.coffer.backup.sftp;
  exports dev.coffer.backup.webdav;
}
