package dev.holdfast.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The story of a name in plain words. Used once. */
final class ExplainText {

  private final Fields story;
  private final Fields rule;
  private final TimeText times;
  private final List<String> lines = new ArrayList<>();

  ExplainText(Fields story) {
    this.story = story;
    this.rule = story.object("hold");
    this.times = new TimeText(Objects.requireNonNullElse(story.time("now"), Instant.EPOCH));
  }

  /** Returns the lines, without line ends. */
  List<String> lines() {
    add(0, story.text("name"));
    if (story.has("policy") && !isPassed()) {
      Fields policy = story.object("policy");
      add(1, decision(policy));
      while (policy.has("target")) {
        policy = policy.object("target");
        add(1, "what that is an alias of is " + decision(policy));
      }
      return lines;
    }
    if (story.has("policy")) {
      add(1, decision(story.object("policy")));
    }
    if (story.has("local")) {
      add(1, "answered by this server itself: " + story.text("local"));
      return lines;
    }
    add(1, "asked at: " + upstreams());
    add(1, "if upstreams say it is gone: " + holdRule());
    story.objects("questions").forEach(this::question);
    return lines;
  }

  private boolean isPassed() {
    return story.object("policy").text("action").equals("pass");
  }

  private static String decision(Fields policy) {
    String place = policy.text("place");
    return switch (policy.text("action")) {
      case "data" -> "answered with the operator's own records: " + place;
      case "tcp_only" -> "answered over TCP only, says " + place;
      case "drop" -> "never answered, says " + place;
      case "pass" -> "never blocked, says " + place;
      default -> "blocked (" + policy.text("action") + ") by " + place;
    };
  }

  private String upstreams() {
    Fields route = story.object("route");
    List<String> texts = route.objects("upstreams").stream().map(ExplainText::upstream).toList();
    String suffix = route.text("suffix");
    return String.join(", ", texts)
        + (suffix.equals(".") ? "" : " (the upstreams of " + suffix + ")")
        + (route.isTrue("down") ? ": none of them answers" : "");
  }

  private static String upstream(Fields upstream) {
    double millis = upstream.decimal("rtt_millis");
    String rtt = millis == 0 ? "" : String.format(Locale.ROOT, ", %.1f ms", millis);
    String transport = upstream.text("transport").equals("tcp") ? ", over TCP" : "";
    return upstream.text("address") + " (" + upstream.text("state") + rtt + transport + ")";
  }

  private String holdRule() {
    if (rule.isTrue("never_held")) {
      return "believed, because names like this come and go (never held)";
    }
    String window = TimeText.length(Duration.ofSeconds(rule.number("window_seconds")));
    return switch (rule.text("mode")) {
      case "enforce" -> "held for up to " + window + " once it is proven (hold mode enforce)";
      case "observe" -> "believed, and counted if it would have been held (hold mode observe)";
      default -> "believed (hold mode off)";
    };
  }

  private void question(Fields question) {
    add(0, "");
    add(0, title(question));
    pinned(question.object("pinned"));
    Fields known = question.object("known");
    vanished(known, question.text("outcome"));
    cached(question);
    failed(question.object("failed"));
    if (!question.has("cached") && !question.has("known") && !question.has("failed")) {
      add(1, "never seen");
    }
    add(1, "a client gets now: " + outcome(question));
    if (question.has("known")) {
      history(known);
    }
  }

  private static String title(Fields question) {
    String variant = question.isTrue("dnssec_ok") ? ", with DNSSEC" : "";
    String checking = question.isTrue("checking_disabled") ? ", unchecked" : "";
    return question.text("type") + variant + checking;
  }

  private void pinned(Fields pinned) {
    if (!pinned.has("since")) {
      return;
    }
    String until = pinned.has("until") ? times.at(pinned.time("until")) : "it is unpinned";
    String what = pinned.text("kind").equals("pinned") ? "pinned" : "rolled back";
    add(1, what + " by operator " + times.distance(pinned.time("since")) + ", until " + until);
    pinned.texts("records").forEach(record -> add(2, record));
  }

  private void vanished(Fields known, String outcome) {
    if (!known.has("vanished")) {
      return;
    }
    add(1, "upstreams say that it is gone since " + times.at(known.time("vanished")));
    if (known.isTrue("released")) {
      add(1, "released by operator: upstreams are believed");
    } else if (outcome.equals("held")) {
      add(1, "held until it is back, or until " + times.at(known.time("window_ends")));
    }
  }

  private void cached(Fields question) {
    Fields cached = question.object("cached");
    if (!cached.has("kind") || question.has("pinned")) {
      return;
    }
    Instant expires = Objects.requireNonNullElse(cached.time("expires"), times.now());
    boolean fresh = expires.isAfter(times.now());
    if (cached.isTrue("held")) {
      add(
          1,
          "upstreams are asked again " + (fresh ? times.distance(expires) : "at the next query"));
    } else {
      String learnt = "learnt " + times.distance(cached.time("learnt"));
      add(1, what(cached, fresh) + ": " + learnt + ", " + end(cached, fresh, expires));
    }
    cached.texts("records").forEach(record -> add(2, record));
    cached.texts("extended_errors").forEach(error -> add(2, error));
  }

  private static String what(Fields cached, boolean fresh) {
    return switch (cached.text("kind")) {
      case "nxdomain" -> "known not to exist";
      case "nodata" -> "known to have no such record";
      default -> fresh ? "fresh" : "past its TTL";
    };
  }

  private String end(Fields cached, boolean fresh, Instant expires) {
    if (fresh) {
      return "TTL ends " + times.distance(expires);
    }
    Instant staleUntil = cached.time("stale_until");
    boolean usable =
        staleUntil != null
            && staleUntil.isAfter(times.now())
            && cached.text("kind").equals("positive");
    return "TTL ended "
        + times.distance(expires)
        + (usable ? ", served stale if upstreams fail until " + times.at(staleUntil) : "");
  }

  private void failed(Fields failed) {
    if (failed.has("until")) {
      long failures = failed.number("failures");
      add(
          1,
          "upstreams failed "
              + (failures == 1 ? "once" : failures + " times in a row")
              + " ("
              + failed.text("rcode")
              + "): not asked again before "
              + times.at(failed.time("until")));
    }
  }

  private String outcome(Fields question) {
    return switch (question.text("outcome")) {
      case "ruled" -> "what the operator's lists say";
      case "local" -> "this server's own answer";
      case "pinned" -> "the records that were pinned";
      case "held" -> "the last good records";
      case "fresh" ->
          question.has("cached") ? "this answer" : "the answer with DNSSEC, signatures left out";
      case "stale" -> "the stale records at once, because asking is no use";
      case "ask_or_stale" -> "what upstreams say, or the stale records if they fail or are slow";
      case "ask" -> "what upstreams say";
      case "failure" -> "a failure at once, because asking is no use";
      default -> question.text("outcome");
    };
  }

  private void history(Fields known) {
    add(
        1,
        "first seen "
            + times.at(known.time("first_seen"))
            + ", confirmed "
            + times(known.number("refreshes"))
            + ", last "
            + times.at(known.time("last_positive")));
    add(1, proof(known));
    List<List<String>> sets = known.textLists("record_sets");
    for (int i = 0; i < sets.size(); i++) {
      add(1, i == 0 ? "last good records" : "before that");
      sets.get(i).forEach(record -> add(2, record));
    }
  }

  private static String times(long number) {
    return number == 1 ? "once" : number + " times";
  }

  private String proof(Fields known) {
    if (known.isTrue("proven")) {
      return "proven: an absence is disputed and upstreams are asked for a second opinion";
    }
    if (rule.isTrue("never_held")) {
      return "not proven: names like this come and go";
    }
    return "not proven: known for "
        + times.since(known.time("first_seen"))
        + " of "
        + TimeText.length(Duration.ofSeconds(rule.number("min_history_seconds")))
        + ", confirmed "
        + known.number("refreshes")
        + " of "
        + rule.number("min_refreshes")
        + " times; an absence is believed";
  }

  private void add(int indent, String line) {
    lines.add("  ".repeat(indent) + line);
  }
}
