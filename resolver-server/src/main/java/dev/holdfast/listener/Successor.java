package dev.holdfast.listener;

import io.netty.channel.unix.FileDescriptor;

/** The process that goes on where this one ends. Thread-safe. */
public interface Successor {

  /** Sends it a client's connection; runs {@code sent} on whatever thread once that is done. */
  void connection(FileDescriptor connected, Runnable sent);
}
