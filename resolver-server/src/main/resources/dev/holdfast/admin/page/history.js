// What was seen of the server while this page was open: one point for each look.

const MAX_POINTS = 900;
export const SOURCES = ["fresh", "upstream", "local", "stale", "held", "failure"];
export const LATENCIES = [
  { key: "hit-p50", label: "hit p50", kind: "hit", field: "p50_millis", colour: "fresh" },
  { key: "hit-p99", label: "hit p99", kind: "hit", field: "p99_millis", colour: "fresh", dash: [5, 4] },
  { key: "miss-p50", label: "miss p50", kind: "miss", field: "p50_millis", colour: "upstream" },
  { key: "miss-p99", label: "miss p99", kind: "miss", field: "p99_millis", colour: "upstream", dash: [5, 4] },
];

export class History {
  times = [];
  rates = Object.fromEntries(SOURCES.map(source => [source, []]));
  latencies = Object.fromEntries(LATENCIES.map(each => [each.key, []]));
  #last = null;

  /** Takes a look; returns the rates since the last one, or null for the first and after a restart. */
  add(live) {
    const last = this.#last;
    this.#last = live;
    const seconds = last ? (Date.parse(live.now) - Date.parse(last.now)) / 1000 : 0;
    if (!last || seconds <= 0 || live.uptime_seconds < last.uptime_seconds) return null;
    const perSecond = (now, before) => Math.max(0, now - before) / seconds;
    const rates = { seconds, answers: 0, queries: 0, upstream: perSecond(live.upstream_queries, last.upstream_queries) };
    this.times.push(Date.parse(live.now) / 1000);
    for (const source of SOURCES) {
      rates[source] = perSecond(live.answers[source] ?? 0, last.answers[source] ?? 0);
      rates.answers += rates[source];
      this.rates[source].push(rates[source]);
    }
    for (const transport of Object.keys(live.queries)) {
      rates.queries += perSecond(live.queries[transport], last.queries[transport] ?? 0);
    }
    for (const each of LATENCIES) this.latencies[each.key].push(live.latency[each.kind][each.field]);
    if (this.times.length > MAX_POINTS) this.#dropFirst();
    return rates;
  }

  #dropFirst() {
    this.times.shift();
    Object.values(this.rates).forEach(values => values.shift());
    Object.values(this.latencies).forEach(values => values.shift());
  }
}
