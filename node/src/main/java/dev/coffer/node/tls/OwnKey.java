package dev.coffer.node.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The one key a node has, ready to sign. The platform's own key manager keeps keys encrypted in a
 * PKCS #12 store and stretches the store's password whenever it has let go of one: milliseconds
 * that any stranger could make a node spend by connecting.
 *
 * <p>The key and its certificate are exchanged together while others use this: a handshake asks for
 * the two one after the other, by a name that says which pair it chose. Thread-safe.
 */
final class OwnKey extends X509ExtendedKeyManager {
  private record Pair(PrivateKey key, X509Certificate certificate) {
    String alias() {
      return "node-" + certificate.getSerialNumber().toString(16);
    }
  }

  private volatile Pair shown;

  /** For handshakes that had chosen it. */
  private volatile Pair before;

  OwnKey(PrivateKey key, X509Certificate certificate) {
    this.shown = new Pair(key, certificate);
    this.before = shown;
  }

  /** From now on this is shown. */
  synchronized void turnTo(PrivateKey key, X509Certificate certificate) {
    before = shown;
    shown = new Pair(key, certificate);
  }

  private @Nullable Pair named(String alias) {
    Pair now = shown;
    Pair then = before;
    return now.alias().equals(alias) ? now : then.alias().equals(alias) ? then : null;
  }

  private @Nullable String alias(@Nullable String... keyTypes) {
    Pair now = shown;
    return Arrays.asList(keyTypes).contains(now.key().getAlgorithm()) ? now.alias() : null;
  }

  private String @Nullable [] aliases(String keyType) {
    String alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Pair pair = named(alias);
    return pair == null ? null : new X509Certificate[] {pair.certificate()};
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Pair pair = named(alias);
    return pair == null ? null : pair.key();
  }
}
