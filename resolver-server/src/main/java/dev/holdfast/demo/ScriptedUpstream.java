package dev.holdfast.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/**
 * A small DNS server on real sockets, UDP and TCP on one port, that answers from a {@link Zone} as
 * a recursive server would and can be broken and healed at any moment. It has one thread and counts
 * what it is asked. Thread-safe.
 */
public final class ScriptedUpstream implements AutoCloseable {

  /** How many queries {@link #lastQueries} remembers. */
  public static final int KEPT_QUERIES = 32_768;

  private static final long COMMAND_SECONDS = 10;

  private final Zone zone;
  private final QueryLog log = new QueryLog(KEPT_QUERIES);
  private final AtomicLong lost = new AtomicLong();
  private final Behaviour behaviour;
  private final UpstreamLoop loop;
  private final Thread thread;
  private volatile Breakage breakage = Breakage.NONE;

  private ScriptedUpstream(Selector selector, Sockets sockets, Zone zone, long seed)
      throws IOException {
    this.zone = zone;
    AnswerBook book = new AnswerBook(zone, log);
    this.behaviour = new Behaviour(book, seed);
    this.loop = new UpstreamLoop(selector, sockets, log, book, behaviour, lost);
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("scripted-upstream-" + loop.address().getPort())
            .unstarted(loop);
  }

  /** Starts a server on a free port of 127.0.0.1. */
  public static ScriptedUpstream start(Zone zone) {
    return start(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), zone, 1);
  }

  /**
   * Starts a server.
   *
   * @param address port 0 takes one that is free for UDP and TCP
   * @param seed decides what happens by chance
   */
  public static ScriptedUpstream start(InetSocketAddress address, Zone zone, long seed) {
    Sockets sockets = null;
    Selector selector = null;
    try {
      sockets = Sockets.bind(address);
      selector = Selector.open();
      ScriptedUpstream upstream = new ScriptedUpstream(selector, sockets, zone, seed);
      upstream.thread.start();
      return upstream;
    } catch (IOException e) {
      if (sockets != null) {
        Sockets.closeQuietly(sockets.udp());
        Sockets.closeQuietly(sockets.tcp());
      }
      if (selector != null) {
        Sockets.closeQuietly(selector);
      }
      throw new UncheckedIOException("scripted upstream: " + e.getMessage(), e);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return loop.address();
  }

  /** What it answers from; changes take effect with the next question. */
  public Zone zone() {
    return zone;
  }

  /** Breaks it; every question read after the return sees it. */
  public void breakWith(Breakage kind) {
    breakWith(kind, Behaviour.DEFAULT_SLOW_MILLIS);
  }

  /** Breaks it, {@link Breakage#SLOW} with a delay of its own. */
  public void breakWith(Breakage kind, long slowMillis) {
    if (slowMillis < 1 || slowMillis > 60_000) {
      throw new IllegalArgumentException("slow: " + slowMillis + "ms (expected 1ms..60s)");
    }
    call(() -> loop.become(kind, slowMillis));
    breakage = kind;
  }

  /** Answers properly again; a closed port is opened again. */
  public void heal() {
    breakWith(Breakage.NONE);
  }

  /** What is wrong with it at the moment. */
  public Breakage breakage() {
    return breakage;
  }

  /**
   * Lets {@code script} answer instead, until it is told null; counts go on and the breakage waits.
   */
  public void answerWith(@Nullable Script script) {
    call(() -> behaviour.follow(script));
  }

  /** Queries received over UDP and TCP. */
  public long queries() {
    return log.udp() + log.tcp();
  }

  public long udpQueries() {
    return log.udp();
  }

  public long tcpQueries() {
    return log.tcp();
  }

  /** Queries received for a name, of whatever type and case. */
  public long queriesFor(String name) {
    Name parsed = Zone.parseName(name);
    return log.of(parsed.toString().toLowerCase(Locale.ROOT));
  }

  /** The last queries, at most {@link #KEPT_QUERIES}, oldest first. */
  public List<ReceivedQuery> lastQueries() {
    return log.last();
  }

  /** Messages that came and were no query, and replies that could not be sent. */
  public long lost() {
    return lost.get();
  }

  /** Forgets all counts and queries. */
  public void resetCounts() {
    call(
        () -> {
          log.clear();
          lost.set(0);
        });
  }

  /** Closes the sockets and waits for the thread to end. */
  @Override
  public void close() {
    loop.stop();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(COMMAND_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return address() + " (" + breakage.kebabName() + ")";
  }

  private void call(Runnable command) {
    if (!thread.isAlive()) {
      throw new IllegalStateException(this + ": closed");
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            command.run();
            done.complete(null);
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    try {
      done.orTimeout(COMMAND_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw new IllegalStateException(this + ": " + e.getCause(), e);
    }
  }
}
