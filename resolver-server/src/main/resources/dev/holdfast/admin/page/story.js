// The story of a name, as `holdfast explain` tells it.

import { when, words } from "./format.js";

const OUTCOMES = {
  ruled: "A client gets what the operator's records and lists say; upstreams are not asked.",
  fresh: "A client gets the cached answer, within its TTL.",
  stale: "A client gets the cached answer, past its TTL, because upstreams do not answer.",
  held: "A client gets the last good records, although upstreams say that the name is gone.",
  pinned: "A client gets what an operator decided.",
  local: "A client gets this server's own answer; upstreams are not asked.",
  failure: "A client gets a failure.",
  ask: "A client gets what upstreams say.",
  ask_or_stale: "A client gets what upstreams say, or if they take too long what is cached.",
};

export function tell(explanation, target) {
  const now = Date.parse(explanation.now);
  target.replaceChildren();
  const route = explanation.route;
  line(target, `Asked at ${route.upstreams.map(each => `${each.address} (${each.state})`).join(", ")}. `
    + `Holds: ${explanation.hold.mode}${explanation.hold.never_held ? ", but never this name" : ""}.`);
  for (let policy = explanation.policy; policy; policy = policy.target) {
    line(target, `${policy === explanation.policy ? "Ruled" : "The name that this is an alias of is ruled"} (${words(policy.action)}) by ${policy.place}.`);
  }
  if (explanation.local) line(target, "This server answers for this name itself.");
  if (explanation.questions.length === 0) line(target, "Nothing is known of it: a client's question goes to the upstreams.");
  for (const question of explanation.questions) tellQuestion(target, question, now);
}

function tellQuestion(target, question, now) {
  const title = document.createElement("h3");
  title.textContent = question.type + (question.dnssec_ok ? " with DNSSEC" : "");
  target.append(title);
  line(target, OUTCOMES[question.outcome] ?? "Outcome: " + words(question.outcome) + ".");
  const { cached, failed, known, pinned } = question;
  if (pinned) line(target, `${words(pinned.kind)} ${when(pinned.since, now)}, until ${when(pinned.until, now)}.`);
  if (cached) {
    line(target, `Learnt ${when(cached.learnt, now)}, TTL ends ${when(cached.expires, now)}, may be served stale until ${when(cached.stale_until, now)}.`);
    for (const record of cached.records) line(target, record, true);
  }
  if (failed) line(target, `Upstreams failed ${times(failed.failures)} (${failed.rcode}); asked again ${when(failed.until, now)}.`);
  if (known) {
    line(target, `Known since ${when(known.first_seen, now)}, confirmed ${times(known.refreshes)}, last ${when(known.last_positive, now)}`
      + (known.proven ? "; its absence is disputed." : "; not yet known for long enough to dispute its absence."));
    if (known.vanished) line(target, `Vanished ${when(known.vanished, now)}; held until ${when(known.window_ends, now)}.`);
  }
}

function times(number) {
  return number === 1 ? "once" : `${number} times`;
}

function line(target, text, code) {
  const paragraph = document.createElement("p");
  const content = code ? document.createElement("code") : paragraph;
  content.textContent = text;
  if (code) paragraph.append(content);
  target.append(paragraph);
}
