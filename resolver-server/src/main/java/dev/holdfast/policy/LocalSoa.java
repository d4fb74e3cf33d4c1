package dev.holdfast.policy;

import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import java.util.Arrays;

/** The SOA of what this server answers itself (RFC 6303 §3). */
final class LocalSoa {

  /** Stands for the name server where there is none. */
  static final byte[] LOCALHOST = Names.parse("localhost");

  /** Nobody is to be written to. */
  private static final byte[] NOBODY = Names.parse("nobody.invalid");

  private static final int[] SERIAL_REFRESH_RETRY_EXPIRE = {1, 3600, 1200, 604_800};

  private LocalSoa() {}

  /** Returns the data of an SOA record: server, mailbox and five numbers. */
  static byte[] rdata(byte[] server, int minimumSeconds) {
    int numbers = server.length + NOBODY.length;
    int count = SERIAL_REFRESH_RETRY_EXPIRE.length;
    byte[] rdata = Arrays.copyOf(server, numbers + Integer.BYTES * (count + 1));
    System.arraycopy(NOBODY, 0, rdata, server.length, NOBODY.length);
    for (int i = 0; i < count; i++) {
      Header.putUint32(rdata, numbers + Integer.BYTES * i, SERIAL_REFRESH_RETRY_EXPIRE[i]);
    }
    Header.putUint32(rdata, numbers + Integer.BYTES * count, minimumSeconds);
    return rdata;
  }
}
