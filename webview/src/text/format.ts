// Numbers and times as a person reads them. English, like the rest of the page; clock times in the reader's time zone.

const two = (value: number): string => String(value).padStart(2, "0");

/** `31 kB`, `4.4 MB`; decimal units. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
};

/** `812 µs`, `6.9 s`, `2 min 05 s`, `1 h 02 min`. */
export const formatDuration = (us: number): string => {
  if (us < 1000) return `${Math.max(0, Math.round(us))} µs`;
  const ms = us / 1000;
  if (ms < 999.5) return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const s = ms / 1000;
  if (s < 59.95) return `${s < 9.95 ? s.toFixed(1) : Math.round(s)} s`;
  const whole = Math.round(s);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
};

/** `00:07:41`, hours as many as it takes. */
export const formatElapsed = (us: number): string => {
  const seconds = Math.max(0, Math.floor(us / 1e6));
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

/** `12:25:04`, in the reader's time zone. */
export const formatClock = (t: number): string => {
  const date = new Date(t / 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** `+7.1 s` from the start of the run. */
export const formatOffset = (us: number): string => {
  const sign = us < 0 ? "-" : "+";
  const size = Math.abs(us);
  if (size < 59.95e6) return `${sign}${(size / 1e6).toFixed(size < 9.9995e6 ? 3 : 2)} s`;
  const seconds = size / 1e6;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${sign}${minutes}:${two(Math.floor(seconds % 60))} min`;
  return `${sign}${Math.floor(minutes / 60)}:${two(minutes % 60)} h`;
};

/** `2026-11-24 08:16:03.123456 UTC`, exact: for the details. */
export const formatExact = (t: number): string => {
  const date = new Date(Math.floor(t / 1000));
  if (Number.isNaN(date.getTime())) return String(t);
  const micros = String(t % 1000).padStart(3, "0");
  return `${date.toISOString().replace("T", " ").replace("Z", "")}${micros} UTC`;
};

/** `1,204`. */
export const formatCount = (count: number): string => {
  const digits = String(Math.trunc(count));
  return digits.length <= 3 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, ",");
};

/** `1 file`, `12 files`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
