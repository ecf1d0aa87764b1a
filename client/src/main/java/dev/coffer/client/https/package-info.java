/**
 * The way to the vault over HTTPS, with what both the JDK and Android have. Depends on {@code
 * port}. Start at {@link dev.coffer.client.https.HttpsTransport}.
 */
package dev.coffer.client.https;
