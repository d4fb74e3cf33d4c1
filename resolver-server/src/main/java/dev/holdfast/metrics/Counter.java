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
  UNEXPECTED_FAILURES("Queries that hit an error in this server"),
  DROPPED_TOO_SHORT("Messages dropped because they were shorter than a DNS header"),
  DROPPED_NOT_A_QUERY("Messages dropped because they were responses"),
  REJECTED_MALFORMED("Queries answered FORMERR"),
  REJECTED_NOT_IMPLEMENTED("Queries answered NOTIMP or BADVERS"),
  REJECTED_REFUSED("Queries answered REFUSED for their type, class or missing recursion"),
  REJECTED_ACCESS("Queries answered REFUSED because the client is not allowed"),
  ANSWERS_FRESH("Queries answered from the cache, within the TTL"),
  ANSWERS_STALE("Queries answered from the cache, past the TTL"),
  ANSWERS_HELD("Queries answered with the last good records of a name that vanished"),
  ANSWERS_DISPUTED("Replies that said a proven name is gone, so that other upstreams were asked"),
  UPSTREAMS_DISAGREE("Questions where one upstream had an answer and another said it is gone"),
  ABSENCES_HELD("Times that upstreams agreed that a proven name is gone and it was held"),
  ABSENCES_WOULD_HAVE_HELD("The same in zones that only observe, where it was believed"),
  NAMES_RETURNED("Vanished names that upstreams have again"),
  RECORD_SETS_SHRUNK("Record sets of 4 or more that lost three quarters of their records"),
  ANSWERS_UPSTREAM("Queries answered with what an upstream just said"),
  ANSWERS_LOCAL("Queries answered from this server's own names"),
  ANSWERS_FAILURE("Queries answered with a failure because upstreams gave no answer"),
  ANSWERS_FAILURE_REMEMBERED("Queries answered with a failure that was still remembered"),
  FORWARDING_LOOPS("Queries answered SERVFAIL because they came from this server's own sockets"),
  PREFETCHES("Answers refreshed before their TTL ended"),
  STALE_REFRESHES("Stale answers refreshed in the background"),
  ANSWERS_NOT_CACHED("Answers passed on but not kept: no TTL, or beyond the limits"),
  UPSTREAM_QUERIES("Messages sent to upstreams"),
  UPSTREAM_TRUNCATED("Truncated replies from upstreams, asked again over TCP"),
  UPSTREAM_MALFORMED("Replies from upstreams that could not be walked"),
  UPSTREAM_ERROR_REPLIES("Replies from upstreams with an rcode that is no answer"),
  UPSTREAM_TIMEOUTS("Messages to upstreams without a reply in time"),
  UPSTREAM_UNREACHABLE("Messages to upstreams that the network or the host turned away"),
  UPSTREAM_NEAR_MISS_ID("Replies from upstreams with an id that no query waits for"),
  UPSTREAM_NEAR_MISS_QUESTION("Replies from upstreams to another question than the one asked"),
  UPSTREAM_NEAR_MISS_SHAPE("Replies from upstreams that were too short or no response at all"),
  UPSTREAM_NEAR_MISS_LIMIT("Queries to upstreams given up because of too many such replies"),
  UPSTREAM_LATE_REPLIES("Replies from upstreams that came after their query had ended"),
  UPSTREAM_SOCKETS_OPENED("UDP sockets opened towards upstreams"),
  UPSTREAM_SOCKET_FAILURES("UDP sockets towards upstreams that failed or could not be opened"),
  UPSTREAM_PORTS_TAKEN("Source ports drawn for upstreams that were taken already"),
  UPSTREAM_CONNECTIONS_OPENED("Connections opened to upstreams"),
  UPSTREAM_CONNECTIONS_FAILED("Connections to upstreams that could not be made"),
  UPSTREAM_CONNECTIONS_LOST("Connections to upstreams that ended while queries were waiting"),
  UPSTREAM_CONNECTIONS_SILENT("Connections to upstreams given up because no reply came"),
  UPSTREAM_BACK_OFF("Queries turned away because a connection had just failed"),
  UPSTREAM_BAD_FRAMES("Connections to upstreams closed because of a frame of impossible length"),
  QUESTIONS_JOINED("Queries that joined a question already in flight"),
  LIMIT_IN_FLIGHT("Queries turned away because too many questions were in flight"),
  LIMIT_IN_FLIGHT_REPLACED("Questions given up to make room for newer ones"),
  LIMIT_IN_FLIGHT_PER_UPSTREAM("Queries turned away because too many waited for the upstream"),
  LIMIT_WAITERS_PER_QUESTION("Queries turned away because too many waited for the question"),
  LIMIT_WAITERS_PER_CLIENT("Queries turned away because too many of their client waited"),
  ADMIN_REQUESTS("Requests to the admin server"),
  ADMIN_REJECTED("Requests to the admin server refused for their host, origin, size or form"),
  ADMIN_TIMEOUTS("Connections to the admin server closed because no whole request came in time"),
  ADMIN_REFUSED_FULL("Connections to the admin server closed because all places were taken");

  private final String description;

  Counter(String description) {
    this.description = description;
  }

  /** One sentence for an operator. */
  public String description() {
    return description;
  }
}
