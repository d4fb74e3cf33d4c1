/** What was learnt: key, entry, freshness, failure memory, eviction by bytes. */
@NullMarked
package dev.holdfast.cache;

import org.jspecify.annotations.NullMarked;
