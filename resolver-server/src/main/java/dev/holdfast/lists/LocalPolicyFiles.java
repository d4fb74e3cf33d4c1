package dev.holdfast.lists;

import dev.holdfast.lists.PolicyFile.Content;
import dev.holdfast.lists.PolicyFile.Outcome;
import dev.holdfast.lists.PolicyFile.Parser;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.PolicyList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local policy that a configuration and its files make together. Looks every two seconds
 * whether a file is another one; each is read whole before it counts, and one that is missing or
 * broken goes on with what it said last. Thread-safe.
 */
public final class LocalPolicyFiles implements AutoCloseable {

  static final long PERIOD_MILLIS = 2000;

  private static final Logger logger = LoggerFactory.getLogger(LocalPolicyFiles.class);

  /** Kinds of files, those that decide first before others. */
  private enum Kind {
    HOSTS("hosts"),
    ALLOW("list"),
    RPZ("rpz"),
    BLOCK("list");

    private final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  /** What a file is read for; a file that is configured as before need not be read again. */
  private record Purpose(Kind kind, Object config, int ttlSeconds) {}

  private final LoopCounters counters = new LoopCounters();
  private LocalConfig config;
  private Map<Purpose, PolicyFile> files = Map.of();
  private @Nullable ScheduledExecutorService poller;

  private LocalPolicyFiles(LocalConfig config) {
    this.config = config;
  }

  /** Reads what the configuration names, as far as it can be read. */
  public static LocalPolicyFiles open(LocalConfig config) {
    LocalPolicyFiles files = new LocalPolicyFiles(config);
    files.use(config);
    return files;
  }

  /** Reads what the configuration names once, and tells how that went. */
  public static List<ListStatus> check(LocalConfig config) {
    LocalPolicyFiles files = new LocalPolicyFiles(config);
    files.configure(config);
    files.files.values().forEach(file -> files.read(file, /* patient= */ false));
    return files.status();
  }

  /** Goes on with another configuration; files that changed are read at once. */
  public synchronized LocalPolicy use(LocalConfig next) {
    configure(next);
    refresh(/* patient= */ false);
    return policy();
  }

  private void configure(LocalConfig next) {
    Map<Purpose, PolicyFile> before = files;
    Map<Purpose, PolicyFile> after = new LinkedHashMap<>();
    int ttl = next.ttlSeconds();
    for (Path file : next.hosts()) {
      add(after, before, new Purpose(Kind.HOSTS, file, ttl), "hosts", file, Parsers.hosts(ttl));
    }
    for (RpzConfig zone : next.rpz()) {
      Purpose purpose = new Purpose(Kind.RPZ, zone, ttl);
      add(after, before, purpose, zone.name(), zone.file(), Parsers.rpz(zone, ttl));
    }
    for (ListConfig list : next.lists()) {
      Kind kind = list.action() == ListAction.ALLOW ? Kind.ALLOW : Kind.BLOCK;
      Purpose purpose = new Purpose(kind, list, ttl);
      add(after, before, purpose, list.name(), list.file(), Parsers.list(list, ttl));
    }
    config = next;
    files = after;
  }

  private static void add(
      Map<Purpose, PolicyFile> after,
      Map<Purpose, PolicyFile> before,
      Purpose purpose,
      String name,
      Path file,
      Parser parser) {
    PolicyFile known = before.get(purpose);
    after.put(
        purpose, known == null ? new PolicyFile(name, purpose.kind().key, file, parser) : known);
  }

  /** Looks for changes from now on, and tells {@code listener} of each policy that they make. */
  public synchronized void watch(Consumer<LocalPolicy> listener) {
    poller =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("holdfast-lists").factory());
    var _ =
        poller.scheduleWithFixedDelay(
            () -> poll(listener), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void poll(Consumer<LocalPolicy> listener) {
    try {
      LocalPolicy changed = poll();
      if (changed != null) {
        listener.accept(changed);
      }
    } catch (RuntimeException unexpected) {
      logger.error("local policy could not be taken over", unexpected);
    }
  }

  /** Reads files that have changed and settled; returns the policy that they make, or null. */
  synchronized @Nullable LocalPolicy poll() {
    return refresh(/* patient= */ true) ? policy() : null;
  }

  private boolean refresh(boolean patient) {
    boolean changed = false;
    for (PolicyFile file : files.values()) {
      Outcome outcome = read(file, patient);
      ListStatus status = file.status();
      changed |= outcome == Outcome.LOADED;
      switch (outcome) {
        case UNCHANGED -> {}
        case LOADED -> loaded(status);
        case BROKEN -> {
          counters.increment(Counter.LISTS_BROKEN);
          logger.warn(
              "{} is not used, {}: {}",
              status.name(),
              status.loaded() == null ? "nothing stands in for it" : "what it said before stays",
              status.problem());
        }
      }
    }
    return changed;
  }

  private Outcome read(PolicyFile file, boolean patient) {
    int others = files.values().stream().mapToInt(PolicyFile::size).sum() - file.size();
    return file.refresh(patient, Math.max(0, config.maxEntries() - others));
  }

  private void loaded(ListStatus status) {
    counters.increment(Counter.LISTS_LOADED);
    counters.add(Counter.LIMIT_LIST_ENTRIES, status.cutEntries());
    logger.info(
        "{}: {} entries from {}, {} lines ignored",
        status.name(),
        status.entries(),
        status.file(),
        status.ignoredLines());
    if (status.cutEntries() > 0) {
      logger.warn(
          "{}: {} entries are left out, local.max-entries is {}",
          status.name(),
          status.cutEntries(),
          config.maxEntries());
    }
  }

  /** Returns the policy that configuration and files make now. */
  public synchronized LocalPolicy policy() {
    List<PolicyList> lists = new ArrayList<>();
    lists.add(Parsers.records(config.records(), config.ttlSeconds()));
    addRules(lists, Kind.HOSTS);
    lists.add(Parsers.allowed(config.allow()));
    addRules(lists, Kind.ALLOW);
    addRules(lists, Kind.RPZ);
    contents(Kind.BLOCK).forEach(each -> lists.add(each.exceptions()));
    addRules(lists, Kind.BLOCK);
    return new LocalPolicy(lists);
  }

  private void addRules(List<PolicyList> lists, Kind kind) {
    contents(kind).forEach(each -> lists.add(each.rules()));
  }

  private List<Content> contents(Kind kind) {
    List<Content> contents = new ArrayList<>();
    files.forEach(
        (purpose, file) -> {
          Content content = file.content();
          if (purpose.kind() == kind && content != null) {
            contents.add(content);
          }
        });
    return contents;
  }

  /** Returns how the files are doing, in the order of the configuration. */
  public synchronized List<ListStatus> status() {
    return files.values().stream().map(PolicyFile::status).toList();
  }

  /** What was counted here. */
  public LoopCounters counters() {
    return counters;
  }

  @Override
  public synchronized void close() {
    if (poller != null) {
      poller.shutdownNow();
    }
  }
}
