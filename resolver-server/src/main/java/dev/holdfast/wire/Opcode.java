package dev.holdfast.wire;

/** Opcodes a forwarder meets (RFC 6895 §2.2). */
public final class Opcode {

  public static final int QUERY = 0;
  public static final int STATUS = 2;
  public static final int NOTIFY = 4;
  public static final int UPDATE = 5;

  private Opcode() {}
}
