/** Whether to believe that a known name vanished. */
@NullMarked
package dev.holdfast.hold;

import org.jspecify.annotations.NullMarked;
