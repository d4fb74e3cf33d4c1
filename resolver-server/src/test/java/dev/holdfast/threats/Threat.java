package dev.holdfast.threats;

import java.util.List;

/** The attacks on resolvers that Holdfast answers for, each with whom it hit before. */
public enum Threat {
  OFF_PATH_SPOOFING(
      Kind.SPOOFING,
      "guessing id and port off path (Kaminsky; weak generator: BIND CVE-2025-40780)",
      "ids and ports from a strong source, a port per query, the client's id never reused",
      TestKind.PROCESS),
  WRONG_SOURCE(
      Kind.SPOOFING,
      "replies from elsewhere; ICMP as an oracle (SAD DNS)",
      "connected sockets; packets from elsewhere never arrive; ICMP is a hint only",
      TestKind.SOCKETS,
      TestKind.NAMESPACE),
  BIRTHDAY(
      Kind.SPOOFING,
      "many outstanding copies of one question (DNSpooq, RebirthDay CVE-2025-5994)",
      "one outstanding upstream query per name, type, class, DO and CD in the whole process",
      TestKind.SOCKETS),
  NEAR_MISS_REPLIES(
      Kind.SPOOFING,
      "replies with a wrong id, port, address, name, type, class, QR, opcode, QDCOUNT or case",
      "dropped and counted, the real answer accepted; retry over TCP; the upstream's standing"
          + " untouched",
      TestKind.PROCESS),
  MALFORMED_FIRST(
      Kind.SPOOFING,
      "a malformed reply before the real one (TuDoor)",
      "the real answer wins",
      TestKind.PROCESS),
  UNSOLICITED_RECORDS(
      Kind.SPOOFING,
      "records nobody asked for (BIND CVE-2025-40778), out of bailiwick (MaginotDNS)",
      "nothing learnt for other names; the cache key has the route",
      TestKind.PROCESS),
  FRAGMENTATION(
      Kind.SPOOFING,
      "replacing the second fragment of a large reply",
      "payload 1232, don't-fragment, larger answers over TCP",
      TestKind.SOCKETS),
  REBINDING(
      Kind.SPOOFING,
      "a public name that points to a private address, also in SVCB hints and behind CNAMEs",
      "optional filter per route",
      TestKind.PROCESS),
  GHOST_DOMAIN(
      Kind.SPOOFING,
      "keeping a revoked name alive by asking (CVE-2022-30698), abuse of stale answers",
      "stale and held life never extended by queries; hard caps",
      TestKind.PROCESS),
  STALE_AUTHENTICITY(
      Kind.SPOOFING,
      "wildcard and AD swaps on the stale path (Unbound CVE-2026-46582)",
      "AD never on stale or held answers",
      TestKind.PROCESS),
  CASE_GUESSING(
      Kind.SPOOFING,
      "guessing beyond id and port",
      "random case (0x20) and cookies add to what must be guessed",
      TestKind.PROCESS),

  NAME_COMPRESSION(
      Kind.PARSING,
      "pointer loops, chains and forward pointers; over-long names and labels",
      "at most 16 hops, rejected; any 64 KB message is walked in bounded time",
      TestKind.FUZZ,
      TestKind.PROCESS),
  LYING_COUNTS(
      Kind.PARSING,
      "QDCOUNT 0, 2, 65535; records in a query",
      "FORMERR from one gate for all transports",
      TestKind.SOCKETS),
  REFLECTION_LOOP(
      Kind.PARSING,
      "packets that servers answer to each other for ever (CVE-2024-2169)",
      "responses, runts, port 0 and own ports are never answered",
      TestKind.SOCKETS),
  FORWARDING_LOOP(
      Kind.PARSING,
      "a forwarder that is told to ask itself",
      "found at start and at run time; SERVFAIL, no storm",
      TestKind.SOCKETS),
  EDNS_GARBAGE(
      Kind.PARSING,
      "broken, repeated or a thousand EDNS options",
      "one bounded pass",
      TestKind.FUZZ,
      TestKind.SOCKETS),
  ODD_OPCODES(
      Kind.PARSING,
      "UPDATE, NOTIFY, odd opcodes and classes over every transport (CoreDNS CVE-2026-86003)",
      "NOTIMP or REFUSED, never forwarded",
      TestKind.SOCKETS),
  LYING_REPLIES(
      Kind.PARSING,
      "TC lies, trailing bytes, bad RDLENGTH, header-only replies",
      "dropped; TC is never cached",
      TestKind.FUZZ,
      TestKind.PROCESS),
  INJECTION(
      Kind.PARSING,
      "names that inject into logs, metrics or HTML",
      "escaped as \\DDD; no names in metric labels",
      TestKind.FUZZ),

  RANDOM_SUBDOMAINS(
      Kind.EXHAUSTION,
      "never-seen names against a silent upstream",
      "hits unharmed, the in-flight table at its cap, the heap flat; timed by"
          + " `benchmarks/bin/flood-in-silence`",
      TestKind.LOAD),
  TABLE_JAMMING(
      Kind.EXHAUSTION,
      "filling the in-flight table (Unbound CVE-2026-42534)",
      "age counts from the first arrival; old entries may be replaced, half is protected",
      TestKind.PROCESS),
  WAITER_PILE_UP(
      Kind.EXHAUSTION,
      "many clients on one slow name (DNSBomb CVE-2024-33655)",
      "waiters bounded per question and client; late ones dropped, no burst",
      TestKind.PROCESS),
  RETRY_STORM(
      Kind.EXHAUSTION,
      "every client and name at once after an outage",
      "one refresh per name at a global pace",
      TestKind.LOAD),
  UPSTREAM_AMPLIFICATION(
      Kind.EXHAUSTION,
      "one question that causes many (NXNS, CAMP, TsuNAME)",
      "at most 8 messages and 10 s per question of a client",
      TestKind.PROCESS),
  HUGE_ANSWERS(
      Kind.EXHAUSTION,
      "huge answers, fifty signatures",
      "served, not cached; the cache stays under its bytes",
      TestKind.PROCESS),
  CACHE_FLOODING(
      Kind.EXHAUSTION,
      "unique names that push out the wanted ones",
      "more than 99 % of hot and proven names survive",
      TestKind.LOAD),
  HASH_COLLISIONS(
      Kind.EXHAUSTION, "names that fall into one bucket", "keyed hash", TestKind.PROCESS),
  SLOW_CONNECTIONS(
      Kind.EXHAUSTION,
      "slowloris, idle, half-open and never-reading connections",
      "time limits, connection limits, back pressure",
      TestKind.SOCKETS),
  UPSTREAM_CONNECTIONS(
      Kind.EXHAUSTION,
      "an upstream that accepts and closes, never answers, or answers unknown ids over TCP",
      "back-off, bounded connections, no id reused in flight",
      TestKind.SOCKETS),
  REFLECTION(
      Kind.EXHAUSTION,
      "answers sent to a forged source",
      "only allowed clients, minimal ANY, rate limit with TC slip, cookies",
      TestKind.SOCKETS),
  UNFAIR_CLIENT(
      Kind.EXHAUSTION,
      "one client that floods",
      "its share is bounded; others are served",
      TestKind.PROCESS,
      TestKind.SOCKETS),
  ADMIN_ABUSE(
      Kind.EXHAUSTION,
      "huge or slow bodies and headers, no token, Host rebinding, other origins",
      "limits, token, Host check, GET never changes anything",
      TestKind.SOCKETS),
  RELOAD_UNDER_LOAD(
      Kind.EXHAUSTION,
      "a reload or restart in the middle of traffic",
      "checked first, swapped at once, nothing lost; at a fixed rate by"
          + " `benchmarks/bin/reload-under-load`",
      TestKind.SOCKETS),
  BROKEN_PROCESS(
      Kind.EXHAUSTION,
      "torn or tampered journal, clock jumps, no memory, a dead thread",
      "set aside, monotonic, exits for its supervisor, watchdog",
      TestKind.FUZZ,
      TestKind.PROCESS,
      TestKind.SOCKETS);

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

  @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
  private final List<TestKind> needs;

  Threat(Kind kind, String attack, String expected, TestKind... needs) {
    this.kind = kind;
    this.attack = attack;
    this.expected = expected;
    this.needs = List.of(needs);
  }

  /** Returns the family. */
  public Kind kind() {
    return kind;
  }

  /** Returns what the attacker does, and whom it hit. */
  public String attack() {
    return attack;
  }

  /** Returns the kinds of tests that there must be. */
  List<TestKind> needs() {
    return needs;
  }

  /** Returns what happens instead. */
  public String expected() {
    return expected;
  }
}
