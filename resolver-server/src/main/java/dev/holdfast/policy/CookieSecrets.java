package dev.holdfast.policy;

import dev.holdfast.wire.SipHash;
import java.security.SecureRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this server signs its cookies with: a secret, and the one before it, whose cookies are good
 * until they are too old (RFC 9018 §5). Thread-safe.
 */
public final class CookieSecrets {

  private final Consumer<byte[]> random;
  private volatile Secrets secrets;

  /** Both at one moment. */
  record Secrets(SipHash current, @Nullable SipHash previous) {}

  /** Secrets that nobody can guess. */
  public CookieSecrets() {
    this(new SecureRandom()::nextBytes);
  }

  CookieSecrets(Consumer<byte[]> random) {
    this.random = random;
    this.secrets = new Secrets(draw(), null);
  }

  /** Signs with a new secret from now on; to be called less often than cookies live. */
  public void roll() {
    secrets = new Secrets(draw(), secrets.current());
  }

  Secrets secrets() {
    return secrets;
  }

  private SipHash draw() {
    byte[] key = new byte[SipHash.KEY_LENGTH];
    random.accept(key);
    return new SipHash(key);
  }
}
