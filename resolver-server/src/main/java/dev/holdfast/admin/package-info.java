/** HTTP on a local address: health, status, an operator's commands and the demo's switch. */
@NullMarked
package dev.holdfast.admin;

import org.jspecify.annotations.NullMarked;
