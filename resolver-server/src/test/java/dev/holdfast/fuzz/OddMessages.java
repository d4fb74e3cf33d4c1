package dev.holdfast.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * DNS messages that are nearly right, the same for the same seed: records of all types, whole or
 * cut, with aliases in any order, pointers to wherever a name began, and odd classes, TTLs and
 * counts. Confined to one thread.
 */
public final class OddMessages {

  private static final int CAPACITY = 1 << 14;
  private static final int MAX_RECORDS = 6;
  private static final int HEADER_LENGTH = 12;
  private static final int POINTER = 0xc000;
  private static final int OPT = 41;
  private static final int RRSIG = 46;

  /**
   * Data by type: n a name, s a string, b w d numbers of one, two and four bytes, t types in a
   * bitmap, x any bytes. Types that are not here have any bytes.
   */
  private static final Map<Integer, String> SHAPES = shapes();

  /** Types that answers are made of are as likely as all others together. */
  private static final int[] USUAL_TYPES = {1, 2, 5, 5, 5, 6, 15, 28, 33, 39, 46, 47, 50, 65};

  private static final int[] CLASSES = {0, 3, 254, 255, 1232};
  private static final int[] TTLS = {0, 1, 60, 300, 86_401, 0x7fffffff, 0x80000000, 0xffffffff};
  private static final List<String> LABELS =
      List.of("a", "a", "a", "b", "b", "www", "A", "*", "\0", "\u00c0a", "\u00c0A", "a".repeat(63));

  private final SplittableRandom random;
  private final ByteBuffer out = ByteBuffer.allocate(CAPACITY);
  private final int[] names = new int[512];
  private int nameCount;
  private int qtype;
  private int qclass;

  public OddMessages(long seed) {
    random = new SplittableRandom(seed);
  }

  private static Map<Integer, String> shapes() {
    Map<Integer, String> shapes = new HashMap<>();
    String all =
        "1 d,2 n,3 n,4 n,5 n,6 nnddddd,7 n,8 n,9 n,11 dbx,12 n,13 ss,14 nn,15 wn,16 ss,17 nn,18 wn,"
            + "19 s,20 ss,21 wn,23 n,24 wbbdddwnx,25 wbbx,26 wnn,27 sss,28 dddd,29 bbbbddd,30 nx,"
            + "33 wwwn,35 wwsssn,36 wn,37 wwbx,38 bxn,39 n,42 wbbx,43 wbbx,44 bbx,45 bbbn,"
            + "46 wbbdddwnx,47 nt,48 wbbx,50 bbwsst,51 bbws,52 bbbx,53 bbbx,55 bbwxn,58 nn,59 wbbx,"
            + "60 wbbx,62 dwt,63 dbbx,64 wnx,65 wnx,99 ss,107 wn,249 nddwwww,250 nwdwwwww,256 wwx,"
            + "257 bsx,260 bbn,32769 wbbx";
    for (String each : all.split(",", -1)) {
      int blank = each.indexOf(' ');
      shapes.put(Integer.parseInt(each.substring(0, blank)), each.substring(blank + 1));
    }
    return shapes;
  }

  /** Returns the next message. */
  public byte[] next() {
    out.clear();
    nameCount = 0;
    int rcode = oneOf(4) ? 3 : 0;
    int flags = oneOf(20) ? random.nextInt(0x10000) : 0x8180 | (oneOf(4) ? 0x20 : 0) | rcode;
    out.putShort((short) random.nextInt()).putShort((short) flags);
    out.putLong(0);
    qtype = type();
    qclass = oneOf(10) ? any(CLASSES) : 1;
    plainName(1 + random.nextInt(4));
    out.putShort((short) qtype).putShort((short) qclass);
    out.putShort(4, (short) (oneOf(50) ? 2 : 1));
    for (int section = 1; section <= 3; section++) {
      int records = random.nextInt(section == 1 ? MAX_RECORDS : 3);
      for (int i = 0; i < records; i++) {
        record(section);
      }
      int count = oneOf(100) ? records + random.nextInt(-1, 2) : records;
      out.putShort(4 + 2 * section, (short) count);
    }
    byte[] message = Arrays.copyOf(out.array(), out.position());
    if (oneOf(4)) {
      message[random.nextInt(message.length)] = (byte) random.nextInt();
    }
    return message;
  }

  private void record(int section) {
    int type = oneOf(3) ? qtype : section == 3 && oneOf(3) ? OPT : type();
    if (type == OPT && !oneOf(20)) {
      out.put((byte) 0);
    } else {
      name();
    }
    out.putShort((short) type).putShort((short) (oneOf(20) ? any(CLASSES) : qclass));
    out.putInt(type == OPT && !oneOf(10) ? 0x8000 : any(TTLS));
    int start = out.position() + 2;
    out.putShort((short) 0);
    data(type);
    if (oneOf(40)) {
      out.position(random.nextInt(start, out.position() + 1));
    }
    out.putShort(start - 2, (short) (out.position() - start));
  }

  private void data(int type) {
    String shape = SHAPES.getOrDefault(type, "x");
    for (int i = 0; i < shape.length(); i++) {
      switch (shape.charAt(i)) {
        case 'n' -> name();
        case 's' -> string();
        case 'b' -> out.put((byte) random.nextInt(4));
        case 'w' -> out.putShort((short) (i == 0 && type == RRSIG ? type() : random.nextInt(4)));
        case 'd' -> out.putInt(random.nextInt(0x7f));
        case 't' -> out.put((byte) 0).put((byte) 1).put((byte) random.nextInt());
        default -> any();
      }
    }
  }

  private void string() {
    byte[] text = new byte[random.nextInt(4)];
    Arrays.fill(text, (byte) ('a' + random.nextInt(2)));
    out.put((byte) text.length).put(text);
  }

  /* Numbers, a parameter or option, or a pointer. */
  private void any() {
    switch (random.nextInt(4)) {
      case 0 -> {}
      case 1 -> out.putShort((short) (POINTER | HEADER_LENGTH));
      case 2 -> out.putShort((short) random.nextInt(20)).putShort((short) 2).putShort((short) 15);
      default -> {
        for (int i = random.nextInt(6); i >= 0; i--) {
          out.put((byte) random.nextInt(1 << random.nextInt(9)));
        }
      }
    }
  }

  /* Mostly one that began before, or a label in front of it. */
  private void name() {
    if (oneOf(5)) {
      plainName(random.nextInt(4));
      return;
    }
    int begin = out.position();
    if (oneOf(3)) {
      label();
    }
    int known = names[oneOf(3) ? 0 : random.nextInt(nameCount)];
    int target = oneOf(100) ? random.nextInt(begin + 4) : known;
    out.putShort((short) (POINTER | target));
    note(begin);
  }

  private void plainName(int labels) {
    for (int i = 0; i < labels; i++) {
      note(out.position());
      label();
    }
    out.put((byte) 0);
  }

  private void label() {
    String label = LABELS.get(random.nextInt(LABELS.size()));
    out.put((byte) label.length());
    for (int i = 0; i < label.length(); i++) {
      out.put((byte) label.charAt(i));
    }
  }

  private void note(int name) {
    if (nameCount < names.length) {
      names[nameCount++] = name;
    }
  }

  private int type() {
    if (random.nextBoolean()) {
      return any(USUAL_TYPES);
    }
    return oneOf(10) ? 248 + random.nextInt(16) : random.nextInt(70);
  }

  private boolean oneOf(int count) {
    return random.nextInt(count) == 0;
  }

  private int any(int[] values) {
    return values[random.nextInt(values.length)];
  }
}
