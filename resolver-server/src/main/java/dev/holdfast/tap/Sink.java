package dev.holdfast.tap;

/** Where tapped queries are written. Confined to the thread that writes. */
interface Sink {

  /** Writes one query, or keeps it to be written by {@link #flush}. */
  void write(TappedQuery query);

  /** Writes what was kept; called at least every second while there are queries. */
  void flush();

  /** Opens anew what is written to, after a file was moved away. */
  void reopen();

  /** Writes what was kept, if that can be done at once, and ends. */
  void close();
}
