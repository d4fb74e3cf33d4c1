/** Asking others: routes, sockets, ids, timeouts, health, choice. */
@NullMarked
package dev.holdfast.upstream;

import org.jspecify.annotations.NullMarked;
