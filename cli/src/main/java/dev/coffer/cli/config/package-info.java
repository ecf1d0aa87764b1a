/**
 * Where options come from besides the command line. Start at {@link
 * dev.coffer.cli.config.Defaults}.
 */
@NullMarked
package dev.coffer.cli.config;

import org.jspecify.annotations.NullMarked;
