package dev.holdfast.wire;

/**
 * Where the record data of a type holds names, so that names compressed by an upstream can be
 * written anew (RFC 3597 §4). Only names in types of RFC 1035 may be compressed again.
 */
enum RdataLayout {
  /** Any bytes; every type not named here. */
  OPAQUE(0, 0, false, true),
  IPV4_ADDRESS(4, 0, false, false),
  IPV6_ADDRESS(16, 0, false, false),
  /** NS, CNAME, PTR and their obsolete kin. */
  NAME(0, 1, true, false),
  /** DNAME. */
  PLAIN_NAME(0, 1, false, false),
  /** NSEC: the next name and a bitmap. */
  NAME_THEN_BYTES(0, 1, false, true),
  /** MINFO. */
  TWO_NAMES(0, 2, true, false),
  /** SOA: two names, then serial, refresh, retry, expire and minimum. */
  START_OF_AUTHORITY(0, 2, true, true),
  /** RP. */
  TWO_PLAIN_NAMES(0, 2, false, false),
  /** MX. */
  PREFERENCE_NAME(2, 1, true, false),
  /** AFSDB, RT, KX. */
  PREFERENCE_PLAIN_NAME(2, 1, false, false),
  /** PX. */
  PREFERENCE_TWO_PLAIN_NAMES(2, 2, false, false),
  /** SVCB and HTTPS: priority, target, parameters. */
  SERVICE_BINDING(2, 1, false, true),
  /** SRV: priority, weight, port, target. */
  SERVICE(6, 1, false, false),
  /** RRSIG: eighteen bytes, the signer's name, the signature. */
  SIGNATURE(18, 1, false, true),
  /** NAPTR: order, preference, three strings, replacement. */
  NAMING_AUTHORITY(4, 1, false, false);

  private static final int NAPTR_STRINGS = 3;
  private static final int SOA_NUMBERS_LENGTH = 20;

  private final int fixedLength;
  private final int names;
  private final boolean compressible;
  private final boolean moreFollows;

  RdataLayout(int fixedLength, int names, boolean compressible, boolean moreFollows) {
    this.fixedLength = fixedLength;
    this.names = names;
    this.compressible = compressible;
    this.moreFollows = moreFollows;
  }

  /** Returns the layout of a record type. */
  static RdataLayout of(int type) {
    return switch (type) {
      case RecordType.A -> IPV4_ADDRESS;
      case RecordType.AAAA -> IPV6_ADDRESS;
      case RecordType.NS,
          RecordType.MD,
          RecordType.MF,
          RecordType.CNAME,
          RecordType.MB,
          RecordType.MG,
          RecordType.MR,
          RecordType.PTR ->
          NAME;
      case RecordType.DNAME -> PLAIN_NAME;
      case RecordType.NSEC, RecordType.NXT -> NAME_THEN_BYTES;
      case RecordType.MINFO -> TWO_NAMES;
      case RecordType.SOA -> START_OF_AUTHORITY;
      case RecordType.RP -> TWO_PLAIN_NAMES;
      case RecordType.MX -> PREFERENCE_NAME;
      case RecordType.AFSDB, RecordType.RT, RecordType.KX -> PREFERENCE_PLAIN_NAME;
      case RecordType.PX -> PREFERENCE_TWO_PLAIN_NAMES;
      case RecordType.SVCB, RecordType.HTTPS -> SERVICE_BINDING;
      case RecordType.SRV -> SERVICE;
      case RecordType.SIG, RecordType.RRSIG -> SIGNATURE;
      case RecordType.NAPTR -> NAMING_AUTHORITY;
      default -> OPAQUE;
    };
  }

  /** How many names the data holds. */
  int names() {
    return names;
  }

  boolean compressible() {
    return compressible;
  }

  /**
   * Returns how many bytes the names take without compression, or -1 when the record data of {@code
   * length} bytes at {@code offset} does not have this layout.
   */
  int nameBytes(byte[] message, int offset, int length) {
    int limit = offset + length;
    int position = firstName(message, offset, limit);
    int bytes = 0;
    for (int i = 0; i < names && position >= 0; i++) {
      long name = CompressedNames.measure(message, position, limit);
      position = CompressedNames.end(name);
      bytes += CompressedNames.lengthOf(name);
    }
    return position >= 0 && endsRightly(position, limit) ? bytes : -1;
  }

  private boolean endsRightly(int position, int limit) {
    if (this == START_OF_AUTHORITY) {
      return position + SOA_NUMBERS_LENGTH == limit;
    }
    return moreFollows ? position <= limit : position == limit;
  }

  /** Returns where the first name begins, or -1 when the record data is too short for it. */
  int firstName(byte[] message, int offset, int limit) {
    int position = offset + fixedLength;
    for (int i = 0; this == NAMING_AUTHORITY && i < NAPTR_STRINGS; i++) {
      if (position >= limit) {
        return -1;
      }
      position += 1 + (message[position] & 0xff);
    }
    return position <= limit ? position : -1;
  }
}
