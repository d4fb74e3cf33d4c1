/** Sockets of the machine: which native transport there is, and datagrams in and out of a loop. */
@NullMarked
package dev.holdfast.datagram;

import org.jspecify.annotations.NullMarked;
