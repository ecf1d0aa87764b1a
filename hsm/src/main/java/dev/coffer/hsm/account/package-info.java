/**
 * What an account is and what each operation does to it (PROTOCOL.md §5.3): pure functions from a
 * request, a record and the circumstances of its entry to an outcome and a record. Nothing in here
 * knows a key, a clock, a disk or a random number. Depends on {@code protocol} alone. Start at
 * {@link dev.coffer.hsm.account.Account}, then {@link dev.coffer.hsm.account.AttemptRule}.
 */
package dev.coffer.hsm.account;
