/** What passes by: the query log and dnstap, taken from the loops without holding them up. */
@NullMarked
package dev.holdfast.tap;

import org.jspecify.annotations.NullMarked;
