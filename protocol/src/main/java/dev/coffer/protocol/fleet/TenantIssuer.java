package dev.coffer.protocol.fleet;

import dev.coffer.protocol.codec.Bytes;

/**
 * A tenant and the Ed25519 root key (32 octets) that certifies its login issuers, frozen at the
 * founding.
 *
 * @param tenant 1 to 32 octets of UTF-8
 */
public record TenantIssuer(String tenant, Bytes rootKey) {}
