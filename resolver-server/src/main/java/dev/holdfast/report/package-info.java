/** What replays measured, as tables, as JSON and as one page with plots. */
@NullMarked
package dev.holdfast.report;

import org.jspecify.annotations.NullMarked;
