package dev.holdfast.upstream;

/**
 * What queries over UDP carry beside their id and port that who forges a reply would have to guess.
 *
 * @param caseRandomisation whether names are asked in random case
 * @param cookies whether queries carry cookies (RFC 7873)
 */
public record ForgeryConfig(CaseRandomisation caseRandomisation, boolean cookies) {

  public static final ForgeryConfig DEFAULTS = new ForgeryConfig(CaseRandomisation.AUTO, true);
}
