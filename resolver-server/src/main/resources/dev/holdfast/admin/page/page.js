// The page of a running server: looks once a second and shows what it sees.

import { get, post } from "./api.js";
import { Charts } from "./charts.js";
import { History, LATENCIES, SOURCES } from "./history.js";
import { tell } from "./story.js";
import { bytes, millis, number, percent, span, when, words } from "./format.js";

const LOOK_MILLIS = 1000;
const THEME = "holdfast-theme";
const byId = id => document.getElementById(id);

const history = new History();
restoreTheme();
const charts = new Charts(byId("sources"), byId("latency"));
let lastRates = null;

function element(tag, text, properties) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  return Object.assign(made, properties);
}

// Looking

async function look() {
  try {
    if (!document.hidden) show(await get("/live"));
  } catch (problem) {
    verdict("bad", "This server does not answer: " + problem.message);
  }
  setTimeout(look, LOOK_MILLIS);
}

function show(live) {
  const now = Date.parse(live.now);
  lastRates = history.add(live) ?? lastRates;
  byId("server").textContent = `${live.version}, ${words(live.phase)}, up for ${span(live.uptime_seconds)}, ${bytes(live.cache.size_bytes)} cached`;
  showVerdict(live);
  showFigures(live);
  showLegends();
  charts.show(history);
  showUpstreams(live.routes);
  showNames(live.names, now);
  showTalkers(live.talkers);
}

function verdict(level, text) {
  const place = byId("verdict");
  if (place.textContent !== text) place.textContent = text;
  place.dataset.level = level;
}

function showVerdict(live) {
  const downRoutes = live.routes.filter(route => route.down);
  const down = downRoutes.some(route => route.suffix === ".") ? "" : " for " + downRoutes.map(route => route.suffix).join(", ");
  const ill = live.routes.flatMap(route => route.upstreams).filter(each => each.state !== "up").length;
  const { held, stale } = live.names;
  const failing = lastRates ? lastRates.failure : 0;
  if (downRoutes.length > 0) {
    verdict("bad", `All upstreams${down} are down: what is known is served stale, names never seen fail at once.`);
  } else if (held > 0) {
    verdict("warn", `${number(held)} ${held === 1 ? "name" : "names"} vanished at the upstreams: clients get the last good records.`);
  } else if (ill > 0) {
    verdict("warn", `${ill} upstream${ill > 1 ? "s are" : " is"} in trouble; the others answer.`);
  } else if (failing >= 1) {
    verdict("warn", `${number(failing)} answers a second are failures, although all upstreams are up.`);
  } else if (stale > 0) {
    verdict("warn", `${number(stale)} names are answered stale.`);
  } else {
    verdict("good", "All is well: every name is answered as its upstreams say.");
  }
}

function showFigures(live) {
  const rates = lastRates;
  const { cache, latency } = live;
  const fromCache = rates ? (rates.fresh + rates.stale + rates.held) / rates.answers : NaN;
  const figures = [
    ["Queries per second", rates ? number(rates.queries) : "–"],
    ["From the cache", percent(fromCache)],
    ["Stale and held per second", rates ? number(rates.stale + rates.held) : "–"],
    ["Failures per second", rates ? number(rates.failure) : "–"],
    ["99 % of hits within", millis(latency.hit.p99_millis)],
    ["Clients waiting", number(live.clients_waiting)],
    ["Answers cached", number(cache.answers)],
    ["To upstreams per second", rates ? number(rates.upstream) : "–"],
  ];
  const place = byId("figures");
  if (place.children.length !== figures.length) {
    place.replaceChildren(...figures.map(() => {
      const box = element("div");
      box.append(element("dt"), element("dd"));
      return box;
    }));
  }
  figures.forEach(([label, value], i) => {
    place.children[i].children[0].textContent = label;
    place.children[i].children[1].textContent = value;
  });
}

function showLegends() {
  legend("sources-legend", SOURCES.map(source => [source, source, lastRates ? number(lastRates[source]) : ""]));
  legend("latency-legend", LATENCIES.map(each => [each.colour, each.label, millis(history.latencies[each.key].at(-1))]));
}

function legend(id, entries) {
  byId(id).replaceChildren(...entries.map(([colour, label, value]) => {
    const entry = element("li");
    const dot = element("i");
    dot.style.setProperty("--of", `var(--${colour})`);
    entry.append(dot, label + " ", element("b", value));
    return entry;
  }));
}

function showUpstreams(routes) {
  const cards = routes.flatMap(route => route.upstreams.map(upstream => {
    const card = element("li");
    card.dataset.state = upstream.state;
    const head = element("p");
    head.dataset.state = upstream.state;
    head.append(element("b", upstream.address), route.suffix === "." ? " " : ` for ${route.suffix} `,
      element("span", words(upstream.state), { className: "state" }));
    const failures = ["timeout", "refused_connection", "network_error", "near_misses", "error_replies"]
      .map(kind => [kind, (upstream.udp[kind] ?? 0) + (upstream.tcp[kind] ?? 0)])
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${number(count)} ${words(kind)}`);
    const told = [`${upstream.transport}, answers in ${millis(upstream.rtt_millis)}`, `${number(upstream.queries)} asked`,
      `${number(upstream.in_flight)} waiting`, `${number(upstream.hedges)} hedges`, ...failures];
    card.append(head, element("p", told.join(" · "), { className: "quiet" }));
    return card;
  }));
  byId("upstreams").replaceChildren(...cards);
}

function showNames(names, now) {
  const rows = byId("names").tBodies[0];
  const counts = ["held", "pinned", "would_have_held", "released", "stale"].filter(state => names[state] > 0);
  byId("names-count").textContent = counts.map(state => `${number(names[state])} ${words(state)}`).join(", ");
  byId("names").hidden = names.list.length === 0;
  byId("names-none").hidden = names.list.length > 0;
  const focused = document.activeElement?.dataset?.question;
  rows.replaceChildren(...names.list.map(story => {
    const row = element("tr");
    const state = element("td", words(story.state));
    state.dataset.state = story.state;
    const act = element("td");
    const button = element("button", "Explain", { type: "button", onclick: () => explain(story.name) });
    button.dataset.question = story.name + " " + story.type;
    button.setAttribute("aria-label", "Explain " + story.name);
    act.append(button);
    row.append(element("td", story.name + " " + story.type), state, element("td", when(story.since, now)),
      element("td", when(story.until, now)), element("td", why(story)), act);
    return row;
  }));
  if (focused) [...rows.querySelectorAll("button")].find(each => each.dataset.question === focused)?.focus();
}

function why(story) {
  const served = story.records.length > 0 ? `; served: ${story.records.join(", ")}` : "";
  return story.why + (story.answers > 0 ? `; ${number(story.answers)} answers` : "") + served;
}

function showTalkers(talkers) {
  byId("talkers").hidden = !talkers;
  if (talkers) {
    bars("talkers-names", talkers.names);
    bars("talkers-clients", talkers.clients);
  }
}

function bars(id, entries) {
  const most = Math.max(1, ...entries.map(entry => entry.queries));
  byId(id).replaceChildren(...entries.map(entry => {
    const bar = element("li");
    bar.style.setProperty("--share", (100 * entry.queries) / most + "%");
    bar.append(element("span", entry.name ?? entry.client), element("span", number(entry.queries)));
    return bar;
  }));
}

// Acting

async function explain(name) {
  try {
    const explanation = await get("/explain?name=" + encodeURIComponent(name));
    byId("story-title").textContent = explanation.name;
    tell(explanation, byId("story-text"));
    byId("story-flush").onclick = () => flush("name=" + encodeURIComponent(name), `all that is known of ${explanation.name}`);
    if (!byId("story").open) byId("story").showModal();
  } catch (problem) {
    say(problem.message);
  }
}

async function flush(what, described) {
  if (!(await confirmed("Forget " + described + "?", "Clients that ask for it make this server ask its upstreams again. If they are down, or say that a held name is gone, that is what clients get."))) {
    return;
  }
  try {
    const flushed = await post("/flush?" + what);
    say(`Forgotten: ${flushed.answers} answers, ${flushed.failures} failures, ${flushed.histories} histories.`);
    byId("story").close();
  } catch (problem) {
    say(problem.message);
  }
}

function confirmed(title, text) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise(resolve => {
    const closed = () => {
      if (dialog.open) return; // the close of the question before this one
      dialog.removeEventListener("close", closed);
      resolve(dialog.returnValue === "yes");
    };
    dialog.addEventListener("close", closed);
  });
}

let silence = 0;
function say(text) {
  byId("said").textContent = text;
  byId("said").hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => (byId("said").hidden = true), 8000);
}

function restoreTheme() {
  const theme = localStorage.getItem(THEME);
  if (theme) document.documentElement.dataset.theme = theme;
}

byId("explain").addEventListener("submit", event => {
  event.preventDefault();
  explain(byId("explain-name").value.trim());
});
byId("theme").addEventListener("click", () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const shown = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
  document.documentElement.dataset.theme = shown === "dark" ? "light" : "dark";
  localStorage.setItem(THEME, document.documentElement.dataset.theme);
  charts.redraw();
});
document.querySelectorAll("[data-flush]").forEach(button =>
  button.addEventListener("click", () => flush("part=" + button.dataset.flush, button.textContent.toLowerCase())));
document.addEventListener("keydown", event => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "")) {
    event.preventDefault();
    byId("explain-name").focus();
  }
});

look();
