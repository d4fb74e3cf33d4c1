package dev.holdfast.policy;

/**
 * Where cookies are used (RFC 7873).
 *
 * @param clients whether clients that send one get one
 * @param upstreams whether upstreams are sent one
 */
public record CookieConfig(boolean clients, boolean upstreams) {

  public static final CookieConfig DEFAULTS = new CookieConfig(true, true);
}
