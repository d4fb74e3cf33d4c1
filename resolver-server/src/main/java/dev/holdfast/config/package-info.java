/** From file and options to immutable records, all problems at once. */
@NullMarked
package dev.holdfast.config;

import org.jspecify.annotations.NullMarked;
