/**
 * The deposit box: others add to a user's backup and read nothing
 * (docs/decisions/0091-deposit-box.md). Start at {@link dev.coffer.backup.deposit.DepositInbox}.
 */
package dev.coffer.backup.deposit;
