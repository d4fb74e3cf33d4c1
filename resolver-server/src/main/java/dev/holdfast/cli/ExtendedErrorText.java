package dev.holdfast.cli;

/** The names of the info-codes of Extended DNS Errors (RFC 8914 §4, RFC 9824 §3.4). */
final class ExtendedErrorText {

  private static final String[] NAMES = {
    "Other",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
    "Invalid Query Type",
  };

  private ExtendedErrorText() {}

  /** Returns the code in words, such as {@code EDE 3 Stale Answer}. */
  static String of(int code) {
    return "EDE " + code + (code < NAMES.length ? " " + NAMES[code] : "");
  }
}
