/** The conformance scenarios of {@code .rpl} files, run against the real resolve path. */
@NullMarked
package dev.holdfast.scenario;

import org.jspecify.annotations.NullMarked;
