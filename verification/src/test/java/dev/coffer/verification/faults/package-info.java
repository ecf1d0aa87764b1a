/**
 * Processes of repositories, killed at writes; single writes that fail are tried in each module.
 */
package dev.coffer.verification.faults;
