/**
 * What an operator, an approver and an auditor do with log and notary: issue bundles, review what
 * is proposed, rotate trust policies, walk the log and watch it. No terminal: commands show what is
 * told here. Start at {@link dev.coffer.notary.operator.Issuance} and {@link
 * dev.coffer.notary.operator.LogAudit}.
 */
package dev.coffer.notary.operator;
