/**
 * Whose record, and what a registration stores. Start at {@link
 * dev.coffer.protocol.account.Subject}.
 */
package dev.coffer.protocol.account;
