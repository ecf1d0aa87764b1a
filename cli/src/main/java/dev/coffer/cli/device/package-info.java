/**
 * What a user's device keeps: keys, the client's memory, profiles; all in files that only their
 * owner reads. Start at {@link dev.coffer.cli.device.Device}.
 */
@NullMarked
package dev.coffer.cli.device;

import org.jspecify.annotations.NullMarked;
