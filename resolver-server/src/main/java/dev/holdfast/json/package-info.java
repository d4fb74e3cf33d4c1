/** JSON (RFC 8259) in and out of maps, lists, strings, numbers and booleans. */
@NullMarked
package dev.holdfast.json;

import org.jspecify.annotations.NullMarked;
