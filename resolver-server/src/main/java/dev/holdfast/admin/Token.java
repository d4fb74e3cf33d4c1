package dev.holdfast.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The secret that requests carry where others can reach the admin address. Immutable. */
public final class Token {

  private static final Logger logger = LoggerFactory.getLogger(Token.class);

  static final int MIN_LENGTH = 16;
  static final int MAX_LENGTH = 512;

  /** The scheme of the Authorization header (RFC 6750 §2.1). */
  private static final String SCHEME = "Bearer ";

  private final byte[] secret;

  private Token(String secret) {
    this.secret = secret.getBytes(StandardCharsets.US_ASCII);
  }

  /** Makes a token of its text. */
  static Token of(String text) {
    boolean printable = text.chars().allMatch(each -> each > ' ' && each <= '~');
    if (text.length() < MIN_LENGTH || text.length() > MAX_LENGTH || !printable) {
      throw new IllegalArgumentException(
          text.length()
              + " characters"
              + (printable ? "" : ", some of them not printable")
              + " (expected "
              + MIN_LENGTH
              + ".."
              + MAX_LENGTH
              + " printable ones on one line)");
    }
    return new Token(text);
  }

  /**
   * Reads the one line of a file.
   *
   * @throws IOException saying what is wrong with it and what to do
   */
  public static Token read(Path file) throws IOException {
    String advice = "; make one with: head -c 32 /dev/urandom | base64 >" + file;
    try {
      if (Files.size(file) > 2 * MAX_LENGTH) {
        throw new IOException("admin.token-file: " + file + " is no token: too long" + advice);
      }
      Token token = of(Files.readString(file, StandardCharsets.ISO_8859_1).strip());
      warnIfReadableByAll(file);
      return token;
    } catch (IllegalArgumentException e) {
      throw new IOException("admin.token-file: " + file + ": " + e.getMessage() + advice, e);
    } catch (NoSuchFileException e) {
      throw new IOException("admin.token-file: " + file + " is not there" + advice, e);
    } catch (AccessDeniedException e) {
      throw new IOException(
          "admin.token-file: " + file + " cannot be read by this user: change its owner or mode",
          e);
    }
  }

  private static void warnIfReadableByAll(Path file) throws IOException {
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        logger.warn("admin.token-file {} can be read by every user: chmod 600 {}", file, file);
      }
    } catch (UnsupportedOperationException noSuchPermissions) {
      // Nothing to say about it.
    }
  }

  /** Whether an Authorization header carries this token; takes the same time whatever it holds. */
  boolean isIn(@Nullable String authorization) {
    String header = authorization == null ? "" : authorization;
    boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    String given = bearer ? header.substring(SCHEME.length()).strip() : "";
    return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), secret);
  }
}
