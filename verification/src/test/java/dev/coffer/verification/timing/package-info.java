/**
 * Whether the time that secret-dependent work takes says something about the secret: dudect's
 * method. A program, not a test: a machine with other work on it proves nothing. Start at {@code
 * TimingProgram}.
 */
package dev.coffer.verification.timing;
