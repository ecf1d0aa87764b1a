package dev.coffer.notary.bundle;

import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeySource;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.tlog.Policy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What a notary needs.
 *
 * @param home the folder of its journal, its proposals and its copy of the log, which it alone
 *     writes
 * @param own the public key that everybody knows it by
 * @param key its private half, for bundles, of no other use
 * @param auditKey for Plexi's signatures
 * @param auditNotBeforeMillis since when that key counts, for Plexi's clients
 * @param log address of the log
 * @param policy names that log and its witnesses
 * @param observe how often the log is looked at
 */
public record NotaryConfig(
    Path home,
    VerifierKey own,
    KeySource key,
    KeySource auditKey,
    long auditNotBeforeMillis,
    NotaryRules rules,
    URI log,
    Policy policy,
    Listen listen,
    Duration observe,
    InstantSource clock) {}
