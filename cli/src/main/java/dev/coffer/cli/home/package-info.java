/**
 * What a vault keeps in its home: where its fleets are, whom it is trusted by, whose keys lie
 * there. Depends on nothing but {@code device}. Start at {@link dev.coffer.cli.home.VaultHome}.
 */
@NullMarked
package dev.coffer.cli.home;

import org.jspecify.annotations.NullMarked;
