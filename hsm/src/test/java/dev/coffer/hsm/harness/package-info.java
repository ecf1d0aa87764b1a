/**
 * A fleet of in-process HSMs with hosts and clients in miniature, honest by default and hostile at
 * a call: every step of a host is a method of its own. For the tests of this module and of {@code
 * verification}. Start at {@link dev.coffer.hsm.harness.TestFleet}.
 */
package dev.coffer.hsm.harness;
