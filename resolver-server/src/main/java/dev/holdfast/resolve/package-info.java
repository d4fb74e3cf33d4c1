/** The walk of one query; the only place where the other concepts meet. */
@NullMarked
package dev.holdfast.resolve;

import org.jspecify.annotations.NullMarked;
