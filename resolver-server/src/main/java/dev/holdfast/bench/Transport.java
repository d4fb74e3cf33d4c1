package dev.holdfast.bench;

/** The sockets of a load: queries out, answers in, both in batches. Confined to one thread. */
interface Transport extends AutoCloseable {

  /** How many sockets there are. */
  int sockets();

  /** How many queries {@link #add} takes for this socket before the next {@link #flush}. */
  int room(int socket);

  /** Puts a query into the batch of a socket. */
  void add(int socket, byte[] bytes, int offset, int length, int id);

  /** Sends the batch of a socket; returns how many of its queries were refused. */
  int flush(int socket);

  /** Returns how many sockets have something to read, after at most {@code timeoutMillis}. */
  int await(int timeoutMillis);

  /** The socket that is ready, {@code index} of those that {@link #await} counted. */
  int readySocket(int index);

  /** Receives what came to a socket; returns how many answers, or -1 when the server refuses. */
  int receive(int socket);

  /** Length of a received answer. */
  int length(int index);

  /** Id of a received answer. */
  int id(int index);

  /** Flags and rcode of a received answer. */
  int flags(int index);

  @Override
  void close();
}
