/**
 * Backups by themselves: the timer or crontab line that starts them, how old the last one may be,
 * and the file that a monitor reads. Depends on nothing but {@code device} and the root package.
 * Start at {@link dev.coffer.cli.schedule.Schedule}.
 */
@NullMarked
package dev.coffer.cli.schedule;

import org.jspecify.annotations.NullMarked;
