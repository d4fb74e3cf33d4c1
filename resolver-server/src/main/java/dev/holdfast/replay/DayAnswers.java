package dev.holdfast.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.Arrays;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What upstreams say to questions through a day. Confined to one thread. */
final class DayAnswers {

  private final Day day;

  DayAnswers(Day day) {
    this.day = day;
  }

  /** The reply to a query at a time of the day. */
  byte[] reply(byte[] query, int length, double second) {
    try {
      Message message = new Message(Arrays.copyOf(query, length));
      message.getHeader().setFlag(Flags.QR);
      message.getHeader().setFlag(Flags.RA);
      message.removeAllRecords(Section.ADDITIONAL);
      boolean gone = second >= day.goneSecond() && second < day.backSecond();
      if (gone || message.getQuestion().getType() != Type.A) {
        message.addRecord(soa(), Section.AUTHORITY);
      } else {
        String address = second < day.goneSecond() ? Day.FORMER_ADDRESS : Day.NEW_ADDRESS;
        message.addRecord(
            new ARecord(
                message.getQuestion().getName(),
                DClass.IN,
                day.ttlSeconds(),
                InetAddress.ofLiteral(address)),
            Section.ANSWER);
      }
      return message.toWire();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SOARecord soa() throws IOException {
    Name zone = Name.fromString(Day.ZONE);
    long ttlSeconds = day.negativeTtlSeconds();
    return new SOARecord(zone, DClass.IN, ttlSeconds, zone, zone, 1, 3600, 600, 86_400, ttlSeconds);
  }
}
