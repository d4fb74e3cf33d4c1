package dev.holdfast.tap;

import dev.holdfast.datagram.Addresses;
import dev.holdfast.json.Json;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tapped queries as lines of JSON, an object each. Confined to one thread. */
final class JsonLines {

  private static final String[] PREFIXES = {"ANSWERS_", "REJECTED_"};

  private final WallTime time;
  private final Query query = new Query();

  JsonLines(WallTime time) {
    this.time = time;
  }

  /** Appends the line of one query with its line feed. */
  void append(StringBuilder lines, TappedQuery tapped) {
    byte[] response = tapped.response();
    int rcode = Header.uint16(response, Header.FLAGS_OFFSET) & Header.RCODE_MASK;
    long micros = TimeUnit.NANOSECONDS.toMicros(tapped.answeredAtNanos() - tapped.arrivedAtNanos());
    lines.append("{\"time\":\"").append(time.of(tapped.arrivedAtNanos()));
    lines.append("\",\"client\":\"").append(client(tapped));
    lines.append("\",\"port\":").append(tapped.port());
    lines.append(",\"transport\":\"").append(tapped.stream() ? "tcp" : "udp").append('"');
    appendQuestion(lines, tapped.query());
    lines.append(",\"rcode\":\"").append(Rcode.toText(rcode));
    lines.append("\",\"answers\":").append(Header.uint16(response, Header.ANCOUNT_OFFSET));
    lines.append(",\"source\":\"").append(source(tapped));
    lines.append("\",\"bytes\":").append(response.length);
    lines.append(",\"latency_us\":").append(micros).append("}\n");
  }

  private void appendQuestion(StringBuilder lines, byte[] message) {
    query.parse(message, 0, message.length);
    if (query.questionLength() > 0) {
      lines.append(",\"name\":");
      Json.appendString(lines, Names.toText(message, query.qnameOffset()));
      lines.append(",\"type\":\"").append(RecordType.toText(query.qtype())).append('"');
    }
  }

  private static String client(TappedQuery tapped) {
    return Addresses.toInetAddress(tapped.addressHigh(), tapped.addressLow(), 0).getHostAddress();
  }

  /** Returns where the answer came from: fresh, stale, held, upstream, local, failure and so on. */
  private static String source(TappedQuery tapped) {
    String name = tapped.source().name();
    for (String prefix : PREFIXES) {
      if (name.startsWith(prefix)) {
        return name.substring(prefix.length()).toLowerCase(Locale.ROOT);
      }
    }
    return name.toLowerCase(Locale.ROOT);
  }
}
