// The two plots: answers stacked by source, and percentiles on a logarithmic axis.

import uPlot from "./uplot.js";
import { LATENCIES, SOURCES } from "./history.js";
import { millis, number } from "./format.js";

const MIN_SHOWN_SECONDS = 60;
const MAX_SHOWN_SECONDS = 600;

export class Charts {
  #sources;
  #latency;
  #history = null;

  constructor(sourcesElement, latencyElement) {
    this.sourcesElement = sourcesElement;
    this.latencyElement = latencyElement;
    this.redraw();
    new ResizeObserver(() => this.#resize()).observe(document.body);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  /** Makes the plots anew, for other colours. */
  redraw() {
    this.#sources?.destroy();
    this.#latency?.destroy();
    this.#sources = new uPlot(sourcesOptions(this.sourcesElement), stacked(this.#history), this.sourcesElement);
    this.#latency = new uPlot(latencyOptions(this.latencyElement), percentiles(this.#history), this.latencyElement);
  }

  show(history) {
    this.#history = history;
    this.#sources.setData(stacked(history));
    this.#latency.setData(percentiles(history));
  }

  #resize() {
    this.#sources.setSize(size(this.sourcesElement));
    this.#latency.setSize(size(this.latencyElement));
  }
}

export function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function size(element) {
  return { width: element.clientWidth, height: element.clientHeight };
}

function stacked(history) {
  const times = history?.times ?? [];
  const below = new Array(times.length).fill(0);
  const sums = SOURCES.map(source => times.map((_, i) => (below[i] += history.rates[source][i])));
  return [times, ...sums.reverse()];
}

function percentiles(history) {
  return [history?.times ?? [], ...LATENCIES.map(each => history?.latencies[each.key] ?? [])];
}

function axis(format) {
  return { stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, values: format, size: 58 };
}

function decades() {
  const whole = (_, splits) => splits.map(value => (Number.isInteger(Math.log10(value)) ? value : null));
  const plain = axis((_, values) => values.map(value => (value === null ? "" : millis(value))));
  return { ...plain, filter: whole, grid: { ...plain.grid, filter: whole } };
}

function timeAxis() {
  return { ...axis(undefined), values: (_, times) => times.map(time => new Date(time * 1000).toLocaleTimeString()), size: 34, space: 90 };
}

function timeScale() {
  return {
    time: true,
    range: (_, first, last) => {
      const end = last ?? Date.now() / 1000;
      return [Math.max(end - MAX_SHOWN_SECONDS, Math.min(first ?? end, end - MIN_SHOWN_SECONDS)), end];
    },
  };
}

function sourcesOptions(element) {
  const drawn = [...SOURCES].reverse();
  return {
    ...size(element),
    cursor: { show: false },
    scales: { x: timeScale(), y: { range: (_, min, max) => [0, Math.max(1, (max ?? 0) * 1.1)] } },
    axes: [timeAxis(), axis((_, values) => values.map(number))],
    series: [{}, ...drawn.map(source => ({ label: source, stroke: colour(source), fill: colour(source), width: 0, points: { show: false } }))],
  };
}

function latencyOptions(element) {
  return {
    ...size(element),
    cursor: { show: false },
    scales: { x: timeScale(), y: { distr: 3, range: (_, min, max) => [Math.min(0.01, min ?? 0.01), Math.max(10, max ?? 10)] } },
    axes: [timeAxis(), decades()],
    series: [{}, ...LATENCIES.map(each => ({
      label: each.label, stroke: colour(each.colour), width: 1.6, dash: each.dash, points: { show: false }, spanGaps: true,
    }))],
  };
}
