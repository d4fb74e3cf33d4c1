package dev.holdfast.tap;

/**
 * Where answered queries are written to, and how many of them.
 *
 * @param output off, stdout, or the path of a file
 * @param maxSizeBytes a file that has grown beyond this is put aside as FILE.1, and a new one begun
 * @param dnstap off, or the path of the unix socket of a dnstap reader
 * @param oneIn how many queries there are to one that is written; 1 writes all
 * @param bufferBytes what each loop may have waiting to be written
 */
public record QueryLogConfig(
    String output, long maxSizeBytes, String dnstap, int oneIn, int bufferBytes) {

  /** Writes nothing. */
  public static final String OFF = "off";

  /** Writes to standard output. */
  public static final String STDOUT = "stdout";

  public static final QueryLogConfig DEFAULTS = new QueryLogConfig(OFF, 1L << 30, OFF, 1, 1 << 20);

  private static final long MIN_FILE_BYTES = 1L << 20;
  private static final long MAX_FILE_BYTES = 1L << 40;
  private static final int MAX_ONE_IN = 1_000_000;
  private static final int MIN_BUFFER_BYTES = 1 << 19;
  private static final int MAX_BUFFER_BYTES = 1 << 28;

  public QueryLogConfig {
    if (maxSizeBytes < MIN_FILE_BYTES || maxSizeBytes > MAX_FILE_BYTES) {
      throw new IllegalArgumentException(
          "max-size: " + maxSizeBytes + " bytes (expected 1MiB..1TiB)");
    }
    if (oneIn < 1 || oneIn > MAX_ONE_IN) {
      throw new IllegalArgumentException("one-in: " + oneIn + " (expected 1..1000000)");
    }
    if (bufferBytes < MIN_BUFFER_BYTES || bufferBytes > MAX_BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "buffer: " + bufferBytes + " bytes (expected 512KiB..256MiB)");
    }
  }

  /** Whether anything is written at all. */
  public boolean isOn() {
    return !output.equals(OFF) || !dnstap.equals(OFF);
  }
}
