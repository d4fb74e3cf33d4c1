package dev.holdfast.demo;

import java.util.List;

/** Replies that a test makes up itself. Called on the upstream's thread. */
@FunctionalInterface
public interface Script {

  /** Returns the messages to send back, in order; none for silence. */
  List<byte[]> replies(ReceivedQuery query);
}
