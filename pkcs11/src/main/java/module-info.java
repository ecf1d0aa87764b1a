/**
 * Keys in PKCS#11 tokens, for every process of Coffer that has one there: the one binding of the
 * house. Needs {@code --enable-native-access=dev.coffer.pkcs11}.
 */
module dev.coffer.pkcs11 {
  requires transitive dev.coffer.protocol;
  requires dev.coffer.files;

  exports dev.coffer.pkcs11;
}
