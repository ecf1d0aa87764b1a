/** Made-up data for the demonstration. Start at {@link dev.coffer.lab.sample.SampleHistory}. */
@NullMarked
package dev.coffer.lab.sample;

import org.jspecify.annotations.NullMarked;
