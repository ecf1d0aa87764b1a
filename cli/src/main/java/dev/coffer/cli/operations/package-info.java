/**
 * What an operator's page looks at: the counters of nodes, log, witnesses and notary, gathered on
 * this machine and served to it alone. Start at {@link dev.coffer.cli.operations.OperationsServer}.
 */
@NullMarked
package dev.coffer.cli.operations;

import org.jspecify.annotations.NullMarked;
