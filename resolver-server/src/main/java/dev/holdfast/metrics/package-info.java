/** Counters and latencies that loops own and a scrape reads. */
@NullMarked
package dev.holdfast.metrics;

import org.jspecify.annotations.NullMarked;
