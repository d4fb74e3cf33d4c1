/** HTTP on a local address: health, status and the demo's switch. */
@NullMarked
package dev.holdfast.admin;

import org.jspecify.annotations.NullMarked;
