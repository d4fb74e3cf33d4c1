package dev.holdfast.policy;

import dev.holdfast.wire.SipHash;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this server signs its cookies with: a secret, and another one whose cookies are good until
 * they are too old (RFC 9018 §5). They are its own, the other one the one before, or shared with
 * other servers. Thread-safe.
 */
public final class CookieSecrets {

  private final Consumer<byte[]> random;
  private volatile Secrets secrets;
  private boolean shared;

  /** Both at one moment. */
  record Secrets(SipHash current, @Nullable SipHash other) {}

  /** Secrets that nobody can guess. */
  public CookieSecrets() {
    this(new SecureRandom()::nextBytes);
  }

  CookieSecrets(Consumer<byte[]> random) {
    this.random = random;
    this.secrets = new Secrets(draw(), null);
  }

  /**
   * Signs with a new secret from now on, unless it is shared; to be called less often than cookies
   * live.
   */
  public synchronized void roll() {
    if (!shared) {
      secrets = new Secrets(draw(), secrets.current());
    }
  }

  /** Uses one or two secrets that others share, or with none its own again. */
  public synchronized void share(List<byte[]> keys) {
    if (!keys.isEmpty()) {
      SipHash other = keys.size() > 1 ? new SipHash(keys.get(1)) : null;
      secrets = new Secrets(new SipHash(keys.getFirst()), other);
    } else if (shared) {
      secrets = new Secrets(draw(), secrets.current());
    }
    shared = !keys.isEmpty();
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
