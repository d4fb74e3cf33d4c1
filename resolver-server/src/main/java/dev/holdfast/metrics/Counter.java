package dev.holdfast.metrics;

/** What is counted, one constant per event, with the sentence that explains it to an operator. */
public enum Counter {
  QUERIES_UDP("Queries received over UDP"),
  QUERIES_TCP("Queries received over TCP"),
  UDP_OVERSIZE("Datagrams dropped because they were longer than 4096 bytes"),
  UDP_SOURCE_PORT_ZERO("Datagrams dropped because their source port was 0"),
  UDP_OWN_SOURCE("Datagrams dropped because they came from this server's own listening sockets"),
  UDP_SOCKET_FAILURES("Datagrams that a listening socket refused to send or to receive"),
  TCP_CONNECTIONS_OPENED("Client connections accepted"),
  TCP_CONNECTIONS_CLOSED("Accepted client connections that ended, for whatever reason"),
  TCP_REFUSED_FULL("Client connections closed at accept because all places were taken"),
  TCP_REFUSED_PER_ADDRESS(
      "Client connections closed at accept because their address had its share"),
  TCP_ACCEPT_FAILURES("Failures to accept client connections, such as too many open files"),
  TCP_BAD_FRAMES("Client connections closed because of a frame too short for a DNS message"),
  TCP_PIPELINE_FULL("Times a client connection was not read on because of too many open queries"),
  TCP_FIRST_QUERY_TIMEOUTS("Client connections closed because no whole query came in time"),
  TCP_IDLE_TIMEOUTS("Client connections closed because they were idle"),
  TCP_UNWRITABLE_TIMEOUTS("Client connections closed because their client took no responses"),
  TCP_ANSWER_TIMEOUTS("Client connections closed because no answer was found for very long"),
  UNEXPECTED_FAILURES("Queries that hit an error in this server");

  private final String description;

  Counter(String description) {
    this.description = description;
  }

  /** One sentence for an operator. */
  public String description() {
    return description;
  }
}
