package dev.holdfast.bench;

import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.QueryWriter;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import java.util.Arrays;

/** Ready-made queries, one behind the other; their ids are still to be set. Thread-safe. */
final class Questions {

  private final byte[] bytes;
  private final int[] starts;

  private Questions(byte[] bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
  }

  /** How many there are. */
  int size() {
    return starts.length - 1;
  }

  /** What holds all of them. */
  byte[] bytes() {
    return bytes;
  }

  /** Where query {@code index} begins. */
  int offset(int index) {
    return starts[index];
  }

  /** Length of query {@code index}. */
  int length(int index) {
    return starts[index + 1] - starts[index];
  }

  /** Collects queries. Confined to one thread. */
  static final class Builder {

    /** Bytes of all queries together. */
    private static final int MAX_BYTES = 1 << 30;

    private final boolean edns;
    private final boolean dnssecOk;
    private final byte[] message = new byte[QueryWriter.MAX_LENGTH];
    private byte[] bytes = new byte[1 << 16];
    private int[] starts = new int[1024];
    private int count;

    Builder(boolean edns, boolean dnssecOk) {
      this.edns = edns;
      this.dnssecOk = dnssecOk;
    }

    /**
     * Adds a query with recursion desired.
     *
     * @throws IllegalArgumentException when the name is none or there are too many
     */
    void add(String name, int type) {
      byte[] qname = Names.parse(name);
      int length = write(qname, type);
      int start = starts[count];
      if (start + length > MAX_BYTES) {
        throw new IllegalArgumentException("too many queries (expected at most 1 GiB of them)");
      }
      if (start + length > bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(2L * bytes.length, MAX_BYTES));
      }
      System.arraycopy(message, 0, bytes, start, length);
      count++;
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
      }
      starts[count] = start + length;
    }

    private int write(byte[] qname, int type) {
      Arrays.fill(message, 0, Header.LENGTH, (byte) 0);
      Header.putUint16(message, Header.FLAGS_OFFSET, Header.RD);
      Header.putUint16(message, Header.QDCOUNT_OFFSET, 1);
      System.arraycopy(qname, 0, message, Header.LENGTH, qname.length);
      int end = Header.LENGTH + qname.length;
      Header.putUint16(message, end, type);
      Header.putUint16(message, end + 2, RecordClass.IN);
      end += 4;
      if (edns || dnssecOk) {
        Header.putUint16(message, Header.ARCOUNT_OFFSET, 1);
        end = Edns.write(message, end, Rcode.NOERROR, dnssecOk, 0);
      }
      return end;
    }

    Questions build() {
      return new Questions(Arrays.copyOf(bytes, starts[count]), Arrays.copyOf(starts, count + 1));
    }
  }
}
