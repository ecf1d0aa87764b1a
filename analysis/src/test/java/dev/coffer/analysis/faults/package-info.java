/**
 * Faults by enumeration: a scripted life is lived once without a fault to count its durable
 * operations, then once more for every one of them and every way in which it can fail. After each
 * the files are checked ({@code coffer node fsck}), and the life goes on to its end. Start at
 * {@link dev.coffer.analysis.faults.StoreFaultsTest}.
 */
package dev.coffer.analysis.faults;
