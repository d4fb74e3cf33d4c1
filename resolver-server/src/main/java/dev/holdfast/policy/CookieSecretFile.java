package dev.holdfast.policy;

import dev.holdfast.wire.SipHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the secrets that servers behind one address share (RFC 9018 §5): the first signs, the
 * second one's cookies are good too. A line of 32 hexadecimal digits each. Stateless.
 */
public final class CookieSecretFile {

  private static final Logger logger = LoggerFactory.getLogger(CookieSecretFile.class);

  private static final int DIGITS = 2 * SipHash.KEY_LENGTH;
  private static final int MAX_SECRETS = 2;
  private static final int MAX_BYTES = 1024;

  private CookieSecretFile() {}

  /**
   * Reads one or two secrets.
   *
   * @throws IOException saying what is wrong with the file and what to do
   */
  public static List<byte[]> read(Path file) throws IOException {
    String what = "cookies.secret-file: " + file;
    String advice =
        "; make one with: od -An -tx1 -N16 /dev/urandom | tr -d ' ' >" + file + " && chmod 600 $_";
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException(what + ": too long (expected one or two secrets)" + advice);
      }
      List<byte[]> secrets = parse(what, Files.readString(file, StandardCharsets.ISO_8859_1));
      if (secrets.isEmpty() || secrets.size() > MAX_SECRETS) {
        throw new IOException(
            what + ": " + secrets.size() + " secrets (expected one or two, a line each)" + advice);
      }
      warnIfReadableByAll(file);
      return secrets;
    } catch (NoSuchFileException e) {
      throw new IOException(what + " is not there" + advice, e);
    } catch (AccessDeniedException e) {
      throw new IOException(what + " cannot be read by this user: change its owner or mode", e);
    }
  }

  /* What a line holds is not repeated in messages: it may be most of a secret. */
  private static List<byte[]> parse(String what, String text) throws IOException {
    List<byte[]> secrets = new ArrayList<>();
    int number = 0;
    for (String each : text.lines().toList()) {
      number++;
      String line = each.strip();
      if (line.isEmpty()) {
        continue;
      }
      if (line.length() != DIGITS || !line.chars().allMatch(HexFormat::isHexDigit)) {
        throw new IOException(
            what
                + ":"
                + number
                + ": "
                + line.length()
                + " characters (expected "
                + DIGITS
                + " hexadecimal digits and nothing else)");
      }
      secrets.add(HexFormat.of().parseHex(line));
    }
    return secrets;
  }

  private static void warnIfReadableByAll(Path file) throws IOException {
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        logger.warn("cookies.secret-file {} can be read by every user: chmod 600 {}", file, file);
      }
    } catch (UnsupportedOperationException noSuchPermissions) {
      // Nothing to say about it.
    }
  }
}
