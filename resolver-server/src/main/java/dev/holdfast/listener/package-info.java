/** Client transports: UDP and TCP. */
@NullMarked
package dev.holdfast.listener;

import org.jspecify.annotations.NullMarked;
