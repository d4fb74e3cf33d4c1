/** Scripted upstreams on real sockets: a small zone that can be broken and healed by hand. */
@NullMarked
package dev.holdfast.demo;

import org.jspecify.annotations.NullMarked;
