/**
 * Reading a vault's public log as an auditor does: every epoch, from two sources, and watching it.
 * Depends on {@code trust}. Start at {@link dev.coffer.cli.audit.LogAudit}.
 */
package dev.coffer.cli.audit;
