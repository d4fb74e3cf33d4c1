package dev.holdfast.threats;

/** The attacks on resolvers that Holdfast answers for, each with whom it hit before. */
public enum Threat {
  OFF_PATH_SPOOFING(
      Kind.SPOOFING,
      "guessing id and port off path (Kaminsky; weak generator: BIND CVE-2025-40780)",
      "ids and ports from a strong source, a port per query, the client's id never reused"),
  WRONG_SOURCE(
      Kind.SPOOFING,
      "replies from elsewhere; ICMP as an oracle (SAD DNS)",
      "connected sockets; packets from elsewhere never arrive; ICMP is a hint only"),
  BIRTHDAY(
      Kind.SPOOFING,
      "many outstanding copies of one question (DNSpooq, RebirthDay CVE-2025-5994)",
      "one outstanding upstream query per name, type, class, DO and CD in the whole process"),
  NEAR_MISS_REPLIES(
      Kind.SPOOFING,
      "replies with a wrong id, port, address, name, type, class, QR, opcode, QDCOUNT or case",
      "dropped and counted, the real answer accepted; retry over TCP; the upstream's standing"
          + " untouched"),
  MALFORMED_FIRST(
      Kind.SPOOFING, "a malformed reply before the real one (TuDoor)", "the real answer wins"),
  UNSOLICITED_RECORDS(
      Kind.SPOOFING,
      "records nobody asked for (BIND CVE-2025-40778), out of bailiwick (MaginotDNS)",
      "nothing learnt for other names; the cache key has the route"),
  FRAGMENTATION(
      Kind.SPOOFING,
      "replacing the second fragment of a large reply",
      "payload 1232, don't-fragment, larger answers over TCP"),
  REBINDING(
      Kind.SPOOFING,
      "a public name that points to a private address, also in SVCB hints and behind CNAMEs",
      "optional filter per route"),
  GHOST_DOMAIN(
      Kind.SPOOFING,
      "keeping a revoked name alive by asking (CVE-2022-30698), abuse of stale answers",
      "stale and held life never extended by queries; hard caps"),
  STALE_AUTHENTICITY(
      Kind.SPOOFING,
      "wildcard and AD swaps on the stale path (Unbound CVE-2026-46582)",
      "AD never on stale or held answers"),
  CASE_GUESSING(
      Kind.SPOOFING,
      "guessing beyond id and port",
      "random case (0x20) and cookies add to what must be guessed"),

  NAME_COMPRESSION(
      Kind.PARSING,
      "pointer loops, chains and forward pointers; over-long names and labels",
      "at most 16 hops, rejected; any 64 KB message is walked in bounded time"),
  LYING_COUNTS(
      Kind.PARSING,
      "QDCOUNT 0, 2, 65535; records in a query",
      "FORMERR from one gate for all transports"),
  REFLECTION_LOOP(
      Kind.PARSING,
      "packets that servers answer to each other for ever (CVE-2024-2169)",
      "responses, runts, port 0 and own ports are never answered"),
  FORWARDING_LOOP(
      Kind.PARSING,
      "a forwarder that is told to ask itself",
      "found at start and at run time; SERVFAIL, no storm"),
  EDNS_GARBAGE(Kind.PARSING, "broken, repeated or a thousand EDNS options", "one bounded pass"),
  ODD_OPCODES(
      Kind.PARSING,
      "UPDATE, NOTIFY, odd opcodes and classes over every transport (CoreDNS CVE-2026-86003)",
      "NOTIMP or REFUSED, never forwarded"),
  LYING_REPLIES(
      Kind.PARSING,
      "TC lies, trailing bytes, bad RDLENGTH, header-only replies",
      "dropped; TC is never cached"),
  INJECTION(
      Kind.PARSING,
      "names that inject into logs, metrics or HTML",
      "escaped as \\DDD; no names in metric labels"),

  RANDOM_SUBDOMAINS(
      Kind.EXHAUSTION,
      "never-seen names against a silent upstream",
      "hits unharmed, the in-flight table at its cap, the heap flat"),
  TABLE_JAMMING(
      Kind.EXHAUSTION,
      "filling the in-flight table (Unbound CVE-2026-42534)",
      "age counts from the first arrival; old entries may be replaced, half is protected"),
  WAITER_PILE_UP(
      Kind.EXHAUSTION,
      "many clients on one slow name (DNSBomb CVE-2024-33655)",
      "waiters bounded per question and client; late ones dropped, no burst"),
  RETRY_STORM(
      Kind.EXHAUSTION,
      "every client and name at once after an outage",
      "one refresh per name at a global pace"),
  UPSTREAM_AMPLIFICATION(
      Kind.EXHAUSTION,
      "one question that causes many (NXNS, CAMP, TsuNAME)",
      "at most 8 messages and 10 s per question of a client"),
  HUGE_ANSWERS(
      Kind.EXHAUSTION,
      "huge answers, fifty signatures",
      "served, not cached; the cache stays under its bytes"),
  CACHE_FLOODING(
      Kind.EXHAUSTION,
      "unique names that push out the wanted ones",
      "more than 99 % of hot and proven names survive"),
  HASH_COLLISIONS(Kind.EXHAUSTION, "names that fall into one bucket", "keyed hash"),
  SLOW_CONNECTIONS(
      Kind.EXHAUSTION,
      "slowloris, idle, half-open and never-reading connections",
      "time limits, connection limits, back pressure"),
  UPSTREAM_CONNECTIONS(
      Kind.EXHAUSTION,
      "an upstream that accepts and closes, never answers, or answers unknown ids over TCP",
      "back-off, bounded connections, no id reused in flight"),
  REFLECTION(
      Kind.EXHAUSTION,
      "answers sent to a forged source",
      "only allowed clients, minimal ANY, rate limit with TC slip, cookies"),
  UNFAIR_CLIENT(
      Kind.EXHAUSTION, "one client that floods", "its share is bounded; others are served"),
  ADMIN_ABUSE(
      Kind.EXHAUSTION,
      "huge or slow bodies and headers, no token, Host rebinding, other origins",
      "limits, token, Host check, GET never changes anything"),
  RELOAD_UNDER_LOAD(
      Kind.EXHAUSTION,
      "a reload or restart in the middle of traffic",
      "checked first, swapped at once, nothing lost"),
  BROKEN_PROCESS(
      Kind.EXHAUSTION,
      "torn or tampered journal, clock jumps, no memory, a dead thread",
      "set aside, monotonic, exits for its supervisor, watchdog");

  /** The three families of attacks. */
  public enum Kind {
    SPOOFING("Spoofing and poisoning"),
    PARSING("Parsing"),
    EXHAUSTION("Exhaustion");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** Returns the heading of this family. */
    public String title() {
      return title;
    }
  }

  private final Kind kind;
  private final String attack;
  private final String expected;

  Threat(Kind kind, String attack, String expected) {
    this.kind = kind;
    this.attack = attack;
    this.expected = expected;
  }

  /** Returns the family. */
  public Kind kind() {
    return kind;
  }

  /** Returns what the attacker does, and whom it hit. */
  public String attack() {
    return attack;
  }

  /** Returns what happens instead. */
  public String expected() {
    return expected;
  }
}
