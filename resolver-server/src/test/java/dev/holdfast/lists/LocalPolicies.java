package dev.holdfast.lists;

import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.PolicyList;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Policies for tests, made as from a configuration and its files. */
public final class LocalPolicies {

  private static final int TTL_SECONDS = 60;
  private static final String SOA = "@ 60 IN SOA localhost. nobody.invalid. 1 2 3 4 5";

  private final List<PolicyList> records = new ArrayList<>();
  private final List<PolicyList> allowed = new ArrayList<>();
  private final List<PolicyList> zones = new ArrayList<>();
  private final List<PolicyList> exceptions = new ArrayList<>();
  private final List<PolicyList> blocked = new ArrayList<>();

  /** A policy of records such as {@code "a.example 300 IN A 192.0.2.7"}. */
  public static LocalPolicy records(String... records) {
    return new LocalPolicies().withRecords(records).policy();
  }

  /** A policy that blocks by a list with these lines. */
  public static LocalPolicy blocking(ListAction action, String... lines) {
    return new LocalPolicies().withList(action, ListReason.BLOCKED, lines).policy();
  }

  public LocalPolicies withRecords(String... texts) {
    records.add(Parsers.records(List.of(texts), TTL_SECONDS));
    return this;
  }

  public LocalPolicies allowing(String... names) {
    allowed.add(Parsers.allowed(List.of(names)));
    return this;
  }

  public LocalPolicies withList(ListAction action, ListReason reason, String... lines) {
    ListConfig config = new ListConfig("ads", Path.of("ads.txt"), action, reason);
    PolicyFile.Content content = parse(Parsers.list(config, TTL_SECONDS), lines);
    (action == ListAction.ALLOW ? allowed : blocked).add(content.rules());
    exceptions.add(content.exceptions());
    return this;
  }

  /** A policy zone with these lines below the apex. */
  public LocalPolicies withRpz(String... lines) {
    RpzConfig config = new RpzConfig("threats", Path.of("threats.zone"), ListReason.BLOCKED);
    List<String> zone = new ArrayList<>(List.of(SOA));
    zone.addAll(List.of(lines));
    zones.add(parse(Parsers.rpz(config, TTL_SECONDS), zone.toArray(String[]::new)).rules());
    return this;
  }

  /** Has these lines parsed. */
  static PolicyFile.Content parse(PolicyFile.Parser parser, String... lines) {
    return parse(parser, new Notes("file"), Integer.MAX_VALUE, lines);
  }

  static PolicyFile.Content parse(
      PolicyFile.Parser parser, Notes notes, int maxEntries, String... lines) {
    byte[] bytes = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    try {
      LineReader reader = new LineReader(new ByteArrayInputStream(bytes));
      return parser.parse(reader, "file", notes, maxEntries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (BadListException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  public LocalPolicy policy() {
    List<PolicyList> lists = new ArrayList<>(records);
    lists.addAll(allowed);
    lists.addAll(zones);
    lists.addAll(exceptions);
    lists.addAll(blocked);
    return new LocalPolicy(lists);
  }
}
