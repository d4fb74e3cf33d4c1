/**
 * What passes by: the query log, dnstap and top talkers, taken from the loops without holding them
 * up.
 */
@NullMarked
package dev.holdfast.tap;

import org.jspecify.annotations.NullMarked;
