/**
 * Shares of one OPRF key a registration, without a dealer, and how a client combines what they
 * evaluate.
 */
package dev.coffer.protocol.threshold;
