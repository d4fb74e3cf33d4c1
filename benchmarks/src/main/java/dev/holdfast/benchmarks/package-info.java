/** What single steps of a query cost, measured with JMH, and whether the bars are met. */
@NullMarked
package dev.holdfast.benchmarks;

import org.jspecify.annotations.NullMarked;
