/** The load harness: asks any DNS server at a rate or as fast as it answers, and measures. */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
