package dev.holdfast.admin;

import dev.holdfast.json.Json;
import dev.holdfast.operate.Explanation;
import dev.holdfast.operate.Explanation.Cached;
import dev.holdfast.operate.Explanation.Decided;
import dev.holdfast.operate.Explanation.Failed;
import dev.holdfast.operate.Explanation.HoldRule;
import dev.holdfast.operate.Explanation.Known;
import dev.holdfast.operate.Explanation.Pinned;
import dev.holdfast.operate.Explanation.Question;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The story of a name as JSON. */
final class ExplanationJson {

  private ExplanationJson() {}

  static Map<String, @Nullable Object> of(Explanation explanation) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("name", explanation.name());
    body.put("now", explanation.now());
    body.put("local", explanation.local());
    body.put("policy", decided(explanation.policy()));
    body.put("route", RoutesJson.of(explanation.route()));
    body.put("hold", hold(explanation.hold()));
    body.put("questions", explanation.questions().stream().map(ExplanationJson::question).toList());
    return body;
  }

  private static @Nullable Map<String, @Nullable Object> decided(@Nullable Decided policy) {
    if (policy == null) {
      return null;
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("action", Json.key(policy.action()));
    body.put("place", policy.place());
    body.put("target", decided(policy.target()));
    return body;
  }

  private static Map<String, Object> hold(HoldRule rule) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("mode", rule.mode().key());
    body.put("never_held", rule.neverHeld());
    body.put("window_seconds", rule.window().toSeconds());
    body.put("min_history_seconds", rule.minHistory().toSeconds());
    body.put("min_refreshes", rule.minRefreshes());
    return body;
  }

  private static Map<String, @Nullable Object> question(Question question) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("type", question.type());
    body.put("dnssec_ok", question.dnssecOk());
    body.put("checking_disabled", question.checkingDisabled());
    body.put("outcome", Json.key(question.outcome()));
    Cached cached = question.cached();
    body.put("cached", cached == null ? null : cached(cached));
    Failed failed = question.failed();
    body.put("failed", failed == null ? null : failed(failed));
    Known known = question.known();
    body.put("known", known == null ? null : known(known));
    Pinned pinned = question.pinned();
    body.put("pinned", pinned == null ? null : pinned(pinned));
    return body;
  }

  private static Map<String, @Nullable Object> cached(Cached cached) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("kind", Json.key(cached.kind()));
    body.put("held", cached.held());
    body.put("learnt", cached.learnt());
    body.put("expires", cached.expires());
    body.put("stale_until", cached.staleUntil());
    body.put("records", cached.records());
    body.put("extended_errors", cached.extendedErrors());
    return body;
  }

  private static Map<String, Object> failed(Failed failed) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("rcode", failed.rcode());
    body.put("failures", failed.failures());
    body.put("until", failed.until());
    return body;
  }

  private static Map<String, @Nullable Object> known(Known known) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("first_seen", known.firstSeen());
    body.put("last_positive", known.lastPositive());
    body.put("refreshes", known.refreshes());
    body.put("proven", known.proven());
    body.put("released", known.released());
    body.put("vanished", known.vanished());
    body.put("window_ends", known.windowEnds());
    body.put("record_sets", known.recordSets());
    return body;
  }

  private static Map<String, @Nullable Object> pinned(Pinned pinned) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("kind", Json.key(pinned.kind()));
    body.put("since", pinned.since());
    body.put("until", pinned.until());
    body.put("records", pinned.records());
    return body;
  }
}
