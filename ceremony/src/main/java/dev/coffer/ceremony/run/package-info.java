/**
 * One site's way through a ceremony, step by step, with its whole state in files. Start at {@link
 * dev.coffer.ceremony.run.SiteRun}.
 */
package dev.coffer.ceremony.run;
