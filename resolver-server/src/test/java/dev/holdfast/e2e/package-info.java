/** The whole server against real clients, upstreams and operating system. */
@NullMarked
package dev.holdfast.e2e;

import org.jspecify.annotations.NullMarked;
