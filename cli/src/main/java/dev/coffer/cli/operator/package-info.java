/**
 * The operator's part with a vault's home behind it: the files, keys and addresses that {@code
 * dev.coffer.notary.operator} works with. Start at {@link dev.coffer.cli.operator.Publisher}.
 */
@NullMarked
package dev.coffer.cli.operator;

import org.jspecify.annotations.NullMarked;
