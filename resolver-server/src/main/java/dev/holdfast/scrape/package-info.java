/** What a scrape reads: every metric by its name, unit and help, in Prometheus' text format. */
@NullMarked
package dev.holdfast.scrape;

import org.jspecify.annotations.NullMarked;
