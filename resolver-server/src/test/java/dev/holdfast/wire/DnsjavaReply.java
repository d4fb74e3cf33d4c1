package dev.holdfast.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** An upstream's reply made by dnsjava, its records written as in a zone file. */
public final class DnsjavaReply {

  private static final int PAYLOAD = 1232;

  private final Message message = new Message();
  private int extendedRcode;
  private int ednsFlags;
  private EDNSOption[] options = {};
  private boolean edns;

  private DnsjavaReply(Record question) {
    message.getHeader().setFlag(Flags.QR);
    message.getHeader().setFlag(Flags.RD);
    message.getHeader().setFlag(Flags.RA);
    message.addRecord(question, org.xbill.DNS.Section.QUESTION);
  }

  /** A reply of a recursive server to a question such as {@code "www.example.org. A"}. */
  public static DnsjavaReply to(String question) {
    int space = question.indexOf(' ');
    int type = Type.value(question.substring(space + 1), /* numberok= */ true);
    return new DnsjavaReply(
        Record.newRecord(parsedName(question.substring(0, space)), type, DClass.IN));
  }

  /** A reply to the question of {@code query}, with its id. */
  public static DnsjavaReply to(Message query) {
    DnsjavaReply reply = new DnsjavaReply(query.getQuestion());
    reply.message.getHeader().setID(query.getHeader().getID());
    return reply;
  }

  public DnsjavaReply answer(String... records) {
    return add(org.xbill.DNS.Section.ANSWER, records);
  }

  public DnsjavaReply authority(String... records) {
    return add(org.xbill.DNS.Section.AUTHORITY, records);
  }

  public DnsjavaReply additional(String... records) {
    return add(org.xbill.DNS.Section.ADDITIONAL, records);
  }

  private DnsjavaReply add(int section, String... records) {
    for (String record : records) {
      message.addRecord(record(record), section);
    }
    return this;
  }

  /** Sets the rcode, with the upper bits in an OPT record when there are any. */
  public DnsjavaReply rcode(int rcode) {
    message.getHeader().setRcode(rcode & Header.RCODE_MASK);
    extendedRcode = rcode >> 4;
    edns |= extendedRcode != 0;
    return this;
  }

  /** Sets a flag, one of {@link Flags}. */
  public DnsjavaReply flag(int flag) {
    message.getHeader().setFlag(flag);
    return this;
  }

  /** Clears a flag, one of {@link Flags}. */
  public DnsjavaReply withoutFlag(int flag) {
    message.getHeader().unsetFlag(flag);
    return this;
  }

  /** Adds an OPT record with these flags and options. */
  public DnsjavaReply edns(int flags, EDNSOption... options) {
    this.edns = true;
    this.ednsFlags = flags;
    this.options = options.clone();
    return this;
  }

  public Message toMessage() {
    if (edns) {
      edns = false;
      message.addRecord(
          new OPTRecord(PAYLOAD, extendedRcode, 0, ednsFlags, List.of(options)),
          org.xbill.DNS.Section.ADDITIONAL);
    }
    return message;
  }

  public byte[] toBytes() {
    return toMessage().toWire(Message.MAXLENGTH);
  }

  /** Reads a record in the form of a zone file: {@code "www.example.org. 300 A 192.0.2.1"}. */
  public static Record record(String text) {
    byte[] line = (text + "\n").getBytes(StandardCharsets.ISO_8859_1);
    try (Master master = new Master(new ByteArrayInputStream(line), Name.root)) {
      Record record = master.nextRecord();
      if (record == null) {
        throw new IllegalArgumentException(text + ": no record");
      }
      return record;
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static Name parsedName(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
