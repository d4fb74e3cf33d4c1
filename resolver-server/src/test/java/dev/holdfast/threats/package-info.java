/** What strangers try, and the index of the tests that show how it fails. */
@NullMarked
package dev.holdfast.threats;

import org.jspecify.annotations.NullMarked;
