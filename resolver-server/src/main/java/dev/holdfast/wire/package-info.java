/**
 * DNS messages as bytes: header bits, question, EDNS, bounded record walk, TTL offsets, answer
 * assembly.
 */
@NullMarked
package dev.holdfast.wire;

import org.jspecify.annotations.NullMarked;
