/** The page of a running server in a real browser. */
@NullMarked
package dev.holdfast.page;

import org.jspecify.annotations.NullMarked;
