/**
 * What client and HSM say to each other, and the arithmetic below it. Depends on nothing but {@code
 * java.base}.
 */
module dev.coffer.protocol {
  exports dev.coffer.protocol.account;
  exports dev.coffer.protocol.chain;
  exports dev.coffer.protocol.codec;
  exports dev.coffer.protocol.crypto;
  exports dev.coffer.protocol.fleet;
  exports dev.coffer.protocol.group;
  exports dev.coffer.protocol.json;
  exports dev.coffer.protocol.login;
  exports dev.coffer.protocol.oprf;
  exports dev.coffer.protocol.outcome;
  exports dev.coffer.protocol.port;
  exports dev.coffer.protocol.request;
  exports dev.coffer.protocol.threshold;
  exports dev.coffer.protocol.tree;
}
