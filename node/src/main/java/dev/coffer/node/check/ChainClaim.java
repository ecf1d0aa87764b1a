package dev.coffer.node.check;

import dev.coffer.protocol.chain.ChainValues;

/**
 * What one file, whole and signed or counted by an HSM, says about the chain: it must agree with
 * the hashes of all entries, and with every other file that speaks of the same k.
 *
 * @param where the file, for the finding
 * @param values what it says
 */
public record ChainClaim(String where, ChainValues values) {}
