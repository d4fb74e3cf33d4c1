// Numbers and times for people.

export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value >= 1e6) return (value / 1e6).toFixed(value >= 1e7 ? 0 : 1) + "M";
  if (value >= 1e4) return (value / 1e3).toFixed(value >= 1e5 ? 0 : 1) + "k";
  if (value >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return value.toFixed(1);
}

export function percent(share) {
  if (!Number.isFinite(share)) return "–";
  const rounded = share * 100;
  return (rounded > 0 && rounded < 99.95 && rounded !== Math.round(rounded) ? rounded.toFixed(1) : Math.round(rounded)) + " %";
}

export function millis(value) {
  if (value === null || value === undefined) return "–";
  if (value < 1) return Math.round(value * 1000) + " µs";
  if (value < 100) return value.toFixed(1) + " ms";
  return value < 1000 ? Math.round(value) + " ms" : (value / 1000).toFixed(1) + " s";
}

export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let rest = value;
  let unit = 0;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit++;
  }
  return (unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)) + " " + units[unit];
}

export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return whole + " s";
  if (whole < 3600) return Math.floor(whole / 60) + " min " + (whole % 60) + " s";
  if (whole < 86400) return Math.floor(whole / 3600) + " h " + Math.floor((whole % 3600) / 60) + " min";
  return Math.floor(whole / 86400) + " d " + Math.floor((whole % 86400) / 3600) + " h";
}

/** A time of the server, as it is seen from here: "3 min 2 s ago", "in 5 h 57 min". */
export function when(time, now) {
  if (!time) return "–";
  const seconds = (Date.parse(time) - now) / 1000;
  return seconds > 0 ? "in " + span(seconds) : span(-seconds) + " ago";
}

export function words(key) {
  return key.replaceAll("_", " ");
}
