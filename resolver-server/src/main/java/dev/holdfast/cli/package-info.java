/** The commands of the holdfast program. */
@NullMarked
package dev.holdfast.cli;

import org.jspecify.annotations.NullMarked;
