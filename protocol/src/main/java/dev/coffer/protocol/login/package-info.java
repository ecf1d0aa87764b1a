/**
 * Logins as HSMs check them: issuer certificate, strict JWT, device signature (2-protocol §6).
 * Start at {@link dev.coffer.protocol.login.LoginAssertion}.
 */
package dev.coffer.protocol.login;
