/**
 * What an app links: registers, recovers and forgets a backup key with a fleet that it does not
 * trust. Release 17, no native code, nothing that Android lacks.
 */
module dev.coffer.client {
  requires dev.coffer.files;
  requires transitive dev.coffer.protocol;
  requires transitive dev.coffer.transparency;
  requires org.bouncycastle.provider;

  exports dev.coffer.client;
  exports dev.coffer.client.https;
  exports dev.coffer.client.port;
  exports dev.coffer.client.secret;
  exports dev.coffer.client.trust;
}
