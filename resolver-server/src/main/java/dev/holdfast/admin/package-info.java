/** HTTP for operators: health, metrics, live view, commands and the demo's switch. */
@NullMarked
package dev.holdfast.admin;

import org.jspecify.annotations.NullMarked;
