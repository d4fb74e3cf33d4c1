package dev.holdfast.wire;

/** Record classes (RFC 6895 §3.2). */
public final class RecordClass {

  public static final int IN = 1;
  public static final int CH = 3;
  public static final int NONE = 254;
  public static final int ANY = 255;

  private RecordClass() {}
}
