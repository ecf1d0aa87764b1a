/**
 * What a call of {@code VaultClient} does: one class for each operation, and the choice of fleets.
 */
package dev.coffer.client.operation;
