package dev.coffer.backup.deposit;

import dev.coffer.backup.Problem;
import java.util.List;

/**
 * What was taken out of an inbox.
 *
 * @param taken entries
 * @param bytes their contents, in octets
 * @param problems entries that are not what they should be, or that a writer made and the inbox
 *     does not show
 * @param notices what else there is to know
 */
public record DepositReport(int taken, long bytes, List<Problem> problems, List<Problem> notices) {}
