/** The server: its object graph, built by hand on one screen. */
@NullMarked
package dev.holdfast;

import org.jspecify.annotations.NullMarked;
