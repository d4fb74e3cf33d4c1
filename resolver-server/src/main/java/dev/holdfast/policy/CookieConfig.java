package dev.holdfast.policy;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where cookies are used (RFC 7873).
 *
 * @param clients whether clients that send one get one
 * @param upstreams whether upstreams are sent one
 * @param secretFile the secrets that all servers behind one address share; null for a secret of
 *     this server's own
 */
public record CookieConfig(boolean clients, boolean upstreams, @Nullable Path secretFile) {

  public static final CookieConfig DEFAULTS = new CookieConfig(true, true, null);
}
