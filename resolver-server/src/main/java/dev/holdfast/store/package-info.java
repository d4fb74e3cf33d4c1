/** What survives a restart: the journal of what was learnt. */
@NullMarked
package dev.holdfast.store;

import org.jspecify.annotations.NullMarked;
