/** The server: its object graph, built by hand, and its life. */
@NullMarked
package dev.holdfast;

import org.jspecify.annotations.NullMarked;
