// Numbers as people read them.

/** 1234567 as "1,234,567". */
export const grouped = (n: number): string => n.toLocaleString("en-US");

/** Bytes with a decimal unit and at most three digits: "0 B", "31.2 kB", "4.40 MB". */
export const byteSize = (bytes: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toPrecision(3)} ${units[unit] ?? "PB"}`;
};

/** Microseconds as "0.42 s", "12.3 s", "7 min 41 s" or "2 h 05 min". */
export const duration = (microseconds: number): string => {
  const seconds = microseconds / 1_000_000;
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
};

/** "1 file", "2 files". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;
