/** The outage replay: servers on real sockets, or in fast time, whose upstreams break by script. */
@NullMarked
package dev.holdfast.replay;

import org.jspecify.annotations.NullMarked;
