/**
 * Counters and timers in Prometheus text. No label ever holds an account, a record name or an
 * address (INV-10). Start at {@link dev.coffer.node.metrics.PrometheusMeters}.
 */
@NullMarked
package dev.coffer.node.metrics;

import org.jspecify.annotations.NullMarked;
