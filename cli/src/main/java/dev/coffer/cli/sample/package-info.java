/** Made-up data for the demonstration. Start at {@link dev.coffer.cli.sample.SampleHistory}. */
@NullMarked
package dev.coffer.cli.sample;

import org.jspecify.annotations.NullMarked;
