package dev.holdfast.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Info-codes of the Extended DNS Error option (RFC 8914 §4, RFC 9824 §3.4). */
public final class ExtendedError {

  /** The option's code among the EDNS options. */
  public static final int OPTION_CODE = 15;

  public static final int OTHER = 0;
  public static final int STALE_ANSWER = 3;
  public static final int CACHED_ERROR = 13;
  public static final int NOT_READY = 14;
  public static final int BLOCKED = 15;
  public static final int CENSORED = 16;
  public static final int FILTERED = 17;
  public static final int PROHIBITED = 18;
  public static final int STALE_NXDOMAIN_ANSWER = 19;
  public static final int NOT_AUTHORITATIVE = 20;
  public static final int NOT_SUPPORTED = 21;
  public static final int NO_REACHABLE_AUTHORITY = 22;
  public static final int NETWORK_ERROR = 23;

  /** Registered with IANA beside the RFC. */
  public static final int SYNTHESIZED = 29;

  public static final int INVALID_QUERY_TYPE = 30;

  /** Bytes of an option before its text: code, length, info-code. */
  static final int OPTION_HEADER_LENGTH = 6;

  private ExtendedError() {}

  /** Returns the extended errors that came with an answer, such as {@code EDE 15: blocked}. */
  public static List<String> texts(Answer answer) {
    List<String> texts = new ArrayList<>();
    byte[] options = answer.ednsOptions();
    int position = 0;
    while (position < options.length) {
      int end = position + Edns.OPTION_HEADER_LENGTH + Header.uint16(options, position + 2);
      int code = Header.uint16(options, position + Edns.OPTION_HEADER_LENGTH);
      String text = RecordText.escaped(options, position + OPTION_HEADER_LENGTH, end);
      texts.add("EDE " + code + (text.isEmpty() ? "" : ": " + text));
      position = end;
    }
    return texts;
  }

  /** Returns the whole EDNS option: code 15, length, info-code and text (RFC 8914 §2). */
  public static byte[] option(int infoCode, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] option = new byte[OPTION_HEADER_LENGTH + utf8.length];
    Header.putUint16(option, 0, OPTION_CODE);
    Header.putUint16(option, 2, 2 + utf8.length);
    Header.putUint16(option, 4, infoCode);
    System.arraycopy(utf8, 0, option, OPTION_HEADER_LENGTH, utf8.length);
    return option;
  }
}
