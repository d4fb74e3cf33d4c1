/** The log: one line per event that an operator would want, as text or JSON. */
@NullMarked
package dev.holdfast.log;

import org.jspecify.annotations.NullMarked;
