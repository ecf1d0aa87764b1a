/** The door to all of it. Start at {@link dev.coffer.backup.repository.Repository}. */
package dev.coffer.backup.repository;
