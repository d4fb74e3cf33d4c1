/** Normal and hostile load side by side on a running server, and whether the normal one suffers. */
@NullMarked
package dev.holdfast.benchmarks.hostile;

import org.jspecify.annotations.NullMarked;
