package dev.holdfast.resolve;

import dev.holdfast.metrics.Counter;
import dev.holdfast.upstream.Route;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who gets a place among the questions in flight on one loop: how many each client and each route
 * has, and which question gives way when none is left. Confined to that loop.
 */
final class Places {

  /*
   * A client may have as many places as are left for others. So one that floods gets half of them,
   * two get two thirds, and whoever asks little always finds one, without anybody being watched.
   *
   * None is left only where there are more clients than places: their addresses are forged. Then a
   * question older than 200 ms gives way to a new one. Half of a route's places belong to questions
   * that never give way, so that a flood cannot keep slow names from ever being answered.
   */
  private static final long REPLACEABLE_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** The client of a question that nobody waits for. */
  static final int NO_CLIENT = -1;

  private final int loopCount;
  private final Map<Route, PlacesOfRoute> routes = new HashMap<>();
  private final int[] ofClient = new int[WaiterQuota.SLOTS];
  private int capacity;
  private int perUpstream;
  private int taken;

  /** The questions of one route; {@code replaceable} may have to give way, the oldest first. */
  private static final class PlacesOfRoute {

    private final LinkedHashSet<InFlightQuestion> replaceable = new LinkedHashSet<>();
    private int taken;
    private int protectedQuestions;

    @Nullable InFlightQuestion oldest() {
      return replaceable.isEmpty() ? null : replaceable.getFirst();
    }
  }

  Places(int loopCount) {
    this.loopCount = loopCount;
  }

  /** Sets how many places there are; who has one keeps it. */
  void limitTo(LimitsConfig limits) {
    capacity = Math.max(1, limits.inFlight() / loopCount);
    perUpstream = limits.inFlightPerUpstream();
  }

  /**
   * Returns why a new question gets no place, or null when there is one, or an old question can
   * give way.
   *
   * @param client a slot of {@link WaiterQuota} or {@link #NO_CLIENT}
   */
  @Nullable Counter refusal(Route route, int client, long nowNanos) {
    int left = left(route);
    if (client != NO_CLIENT && ofClient[client] > 0 && ofClient[client] >= left) {
      return Counter.LIMIT_IN_FLIGHT_PER_CLIENT;
    }
    if (left > 0 || replaceable(route, nowNanos) != null) {
      return null;
    }
    return taken < capacity ? Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM : Counter.LIMIT_IN_FLIGHT;
  }

  /** Lets an old question give way if no place is left. */
  void makeRoom(Route route, long nowNanos) {
    InFlightQuestion oldest = left(route) > 0 ? null : replaceable(route, nowNanos);
    if (oldest != null) {
      oldest.giveWay();
    }
  }

  private int left(Route route) {
    return Math.min(capacity - taken, leftAt(route));
  }

  private @Nullable InFlightQuestion replaceable(Route route, long nowNanos) {
    PlacesOfRoute here = routes.get(route);
    InFlightQuestion oldest =
        leftAt(route) > 0 ? oldestOfAll() : here == null ? null : here.oldest();
    boolean isOld = oldest != null && nowNanos - oldest.startedAtNanos() >= REPLACEABLE_AFTER_NANOS;
    return isOld ? oldest : null;
  }

  /* Other loops and routes use the same upstreams, and a question may have sent several messages. */
  private int leftAt(Route route) {
    PlacesOfRoute here = routes.get(route);
    int messages = (route.placesLeft(perUpstream) + loopCount - 1) / loopCount;
    return Math.min(messages, capacityOf(route) - (here == null ? 0 : here.taken));
  }

  private int capacityOf(Route route) {
    int ofUpstreams = perUpstream * route.upstreams().size() / loopCount;
    return Math.max(1, Math.min(capacity, ofUpstreams));
  }

  private @Nullable InFlightQuestion oldestOfAll() {
    InFlightQuestion oldest = null;
    for (PlacesOfRoute each : routes.values()) {
      InFlightQuestion candidate = each.oldest();
      if (candidate != null
          && (oldest == null || candidate.startedAtNanos() - oldest.startedAtNanos() < 0)) {
        oldest = candidate;
      }
    }
    return oldest;
  }

  /** Gives a question its place. */
  void take(InFlightQuestion question) {
    Route route = question.route();
    PlacesOfRoute here = routes.computeIfAbsent(route, absent -> new PlacesOfRoute());
    taken++;
    here.taken++;
    if (question.client() != NO_CLIENT) {
      ofClient[question.client()]++;
    }
    if (here.protectedQuestions < capacityOf(route) / 2) {
      here.protectedQuestions++;
    } else {
      here.replaceable.add(question);
    }
  }

  /** Takes the place of a question back. */
  void giveBack(InFlightQuestion question) {
    PlacesOfRoute here = routes.get(question.route());
    if (here == null) {
      throw new IllegalStateException(question.route() + " has no questions");
    }
    taken--;
    here.taken--;
    if (question.client() != NO_CLIENT) {
      ofClient[question.client()]--;
    }
    if (!here.replaceable.remove(question)) {
      here.protectedQuestions--;
    }
    if (here.taken == 0) {
      routes.remove(question.route());
    }
  }

  /** Whether a repeated question takes no place that new ones need. */
  boolean allowRepeat(Route route) {
    return !route.isFull((perUpstream + 1) / 2);
  }
}
