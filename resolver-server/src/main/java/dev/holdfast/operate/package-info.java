/** What an operator sees and decides: explain, flush, pin, release, roll back, status. */
@NullMarked
package dev.holdfast.operate;

import org.jspecify.annotations.NullMarked;
