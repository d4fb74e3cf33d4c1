/** Who may ask what: access, local data, special names. */
@NullMarked
package dev.holdfast.policy;

import org.jspecify.annotations.NullMarked;
