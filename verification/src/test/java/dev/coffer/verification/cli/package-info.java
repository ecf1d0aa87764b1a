/**
 * The command as its users meet it: sessions written down in {@code verification/cli}, and one
 * fleet of real processes. Start at {@link dev.coffer.verification.cli.CommandSessionsTest}.
 */
package dev.coffer.verification.cli;
