/**
 * Files that outlive a crash: whole files that appear at once or not at all, and a journal that is
 * only appended to. Depends on {@code protocol}'s octets. Start at {@link
 * dev.coffer.notary.disk.Disk}, then {@link dev.coffer.notary.disk.Journal}.
 */
package dev.coffer.notary.disk;
