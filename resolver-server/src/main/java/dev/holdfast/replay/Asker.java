package dev.holdfast.replay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of one server that asks over UDP and does other things at set times, all on the thread
 * that calls it. Confined to one thread.
 */
final class Asker implements AutoCloseable {

  /** Hears what becomes of a question, once. */
  interface Listener {

    /**
     * Ends the question.
     *
     * @param message the answer; null when none came in time
     */
    void ended(byte @Nullable [] message, long sentNanos, long latencyNanos);
  }

  static final int MAX_PENDING = 32_768;

  private static final int MAX_MESSAGE_LENGTH = 65_535;
  private static final int ID_MASK = 0xffff;

  private record Task(long dueNanos, long sequence, Runnable command) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      int byTime = Long.signum(dueNanos - other.dueNanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  private static final class Pending {
    final int id;
    final long sentNanos;
    final Listener listener;

    Pending(int id, long sentNanos, Listener listener) {
      this.id = id;
      this.sentNanos = sentNanos;
      this.listener = listener;
    }
  }

  private final Selector selector;
  private final DatagramChannel channel;
  private final long giveUpNanos;
  private final ByteBuffer input = ByteBuffer.allocateDirect(MAX_MESSAGE_LENGTH);
  private final PriorityQueue<Task> agenda = new PriorityQueue<>();
  private final Map<Integer, Pending> pending = new HashMap<>();
  private final Deque<Pending> bySendTime = new ArrayDeque<>();
  private int nextId = new SecureRandom().nextInt();
  private long sequence;

  private final Set<Integer> givenUp = new HashSet<>();
  private long strays;

  Asker(InetSocketAddress server, long giveUpMillis) throws IOException {
    giveUpNanos = TimeUnit.MILLISECONDS.toNanos(giveUpMillis);
    selector = Selector.open();
    channel = DatagramChannel.open();
    channel.connect(server);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ);
  }

  /** Sends a query under an id of the asker's own. */
  void ask(byte[] query, Listener listener) {
    if (pending.size() >= MAX_PENDING) {
      throw new IllegalStateException("more than " + MAX_PENDING + " questions wait");
    }
    do {
      nextId = (nextId + 1) & ID_MASK;
    } while (pending.containsKey(nextId));
    byte[] message = query.clone();
    message[0] = (byte) (nextId >> 8);
    message[1] = (byte) nextId;
    Pending question = new Pending(nextId, System.nanoTime(), listener);
    pending.put(nextId, question);
    givenUp.remove(nextId);
    bySendTime.add(question);
    try {
      channel.write(ByteBuffer.wrap(message));
    } catch (IOException nobodyListens) {
      // The question stays without an answer, as it would for any client.
    }
  }

  /** Runs {@code command} when the time has come and the asker is running. */
  void at(long nanos, Runnable command) {
    agenda.add(new Task(nanos, sequence++, command));
  }

  /** Forgets all commands that wait for their time. */
  void clearAgenda() {
    agenda.clear();
  }

  /** Runs until the clock shows {@code nanos}. */
  void runUntil(long nanos) throws IOException {
    runUntil(() -> false, nanos);
  }

  /** Runs until {@code done} or the deadline; returns whether it is done. */
  boolean runUntil(BooleanSupplier done, long deadlineNanos) throws IOException {
    while (!done.getAsBoolean()) {
      long nowNanos = System.nanoTime();
      if (nowNanos - deadlineNanos >= 0) {
        return false;
      }
      runDue(nowNanos);
      giveUp(nowNanos);
      selector.select(this::receive, millisUntilNext(deadlineNanos));
    }
    return true;
  }

  /** Number of questions whose answer is still awaited. */
  int pending() {
    return pending.size();
  }

  /** Number of messages that belonged to no question of this client. */
  long strays() {
    return strays;
  }

  private void runDue(long nowNanos) {
    for (Task task = agenda.peek();
        task != null && task.dueNanos - nowNanos <= 0;
        task = agenda.peek()) {
      agenda.remove();
      task.command.run();
    }
  }

  private void giveUp(long nowNanos) {
    for (Pending oldest = bySendTime.peek();
        oldest != null
            && (pending.get(oldest.id) != oldest || nowNanos - oldest.sentNanos >= giveUpNanos);
        oldest = bySendTime.peek()) {
      bySendTime.remove();
      if (pending.remove(oldest.id, oldest)) {
        givenUp.add(oldest.id);
        oldest.listener.ended(null, oldest.sentNanos, giveUpNanos);
      }
    }
  }

  private long millisUntilNext(long deadlineNanos) {
    long nanos = deadlineNanos - System.nanoTime();
    Task task = agenda.peek();
    if (task != null) {
      nanos = Math.min(nanos, task.dueNanos - System.nanoTime());
    }
    Pending oldest = bySendTime.peek();
    if (oldest != null) {
      nanos = Math.min(nanos, oldest.sentNanos + giveUpNanos - System.nanoTime());
    }
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private void receive(SelectionKey key) {
    while (true) {
      input.clear();
      try {
        if (channel.read(input) <= 0) {
          return;
        }
      } catch (PortUnreachableException nobodyListens) {
        continue;
      } catch (IOException e) {
        return;
      }
      long nowNanos = System.nanoTime();
      byte[] message = new byte[input.flip().remaining()];
      input.get(message);
      int id = message.length < 2 ? -1 : (message[0] & 0xff) << 8 | (message[1] & 0xff);
      Pending question = pending.remove(id);
      if (question == null) {
        strays += givenUp.remove(id) ? 0 : 1;
      } else {
        question.listener.ended(message, question.sentNanos, nowNanos - question.sentNanos);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    selector.close();
  }
}
