/**
 * {@code coffer ceremony}: the commands that found a fleet on machines that do not trust each
 * other. They put this site's HSM process, node files and terminal behind the ports of {@code
 * dev.coffer.ceremony.run}. Start at {@link dev.coffer.cli.ceremony.CeremonyCommand}.
 */
package dev.coffer.cli.ceremony;
