/** What fuzz tests share: their first inputs, and bytes read as choices. */
@NullMarked
package dev.holdfast.fuzz;

import org.jspecify.annotations.NullMarked;
