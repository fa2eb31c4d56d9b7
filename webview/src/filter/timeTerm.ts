// Times in the filter: `time:12:25:03..12:26:10`, by the clock or as distance from the start of the run. The brush of the
// timeline writes such a term, and reads its own place from it: they are the same thing.

/** A moment as it was typed; `precision` is how long it lasts: 12:25 is a whole minute. All in microseconds. */
export type TimePoint =
  | { readonly kind: "offset"; readonly us: number; readonly precision: number }
  /** Since midnight, in the reader's time zone; with the day where one was given. */
  | { readonly kind: "clock"; readonly us: number; readonly day: string | undefined; readonly precision: number };

/** From `from` to the end of `to`; what is left out is open. */
export interface TimeSpan {
  readonly from: TimePoint | undefined;
  readonly to: TimePoint | undefined;
}

/** Microseconds since the epoch, both ends within. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** `.25` as microseconds, and how exact that is. */
const fraction = (digits: string | undefined): { readonly us: number; readonly precision: number } =>
  digits === undefined
    ? { us: 0, precision: SECOND }
    : { us: Number(digits.padEnd(6, "0")), precision: 10 ** (6 - digits.length) };

const parseOffset = (text: string): TimePoint | undefined => {
  const clock = /^\+(?:(\d{1,5}):)?(\d{1,5}):([0-5]\d)(?:\.(\d{1,6}))?$/.exec(text);
  if (clock !== null) {
    const [, hours = "0", minutes = "0", seconds = "0", digits] = clock;
    const { us, precision } = fraction(digits);
    return {
      kind: "offset",
      us: (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds) * SECOND + us,
      precision,
    };
  }
  const single = /^\+(\d{1,9})(?:\.(\d{1,6}))?(ms|s|m|min|h)?$/.exec(text);
  if (single === null) return undefined;
  const [, whole = "0", digits, unitName = "s"] = single;
  const unit = { ms: SECOND / 1000, s: SECOND, m: MINUTE, min: MINUTE, h: 60 * MINUTE }[unitName] ?? SECOND;
  const exact = unit / 10 ** (digits?.length ?? 0);
  return { kind: "offset", us: Number(`${whole}.${digits ?? "0"}`) * unit, precision: Math.max(1, exact) };
};

const parseClock = (text: string): TimePoint | undefined => {
  const match = /^(?:(\d{4}-\d\d-\d\d)t)?([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?$/i.exec(text);
  if (match === null) return undefined;
  const [, day, hours = "0", minutes = "0", seconds, digits] = match;
  if (day !== undefined && Number.isNaN(new Date(`${day}T00:00:00`).getTime())) return undefined;
  const { us, precision } = seconds === undefined ? { us: 0, precision: MINUTE } : fraction(digits);
  return {
    kind: "clock",
    us: (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds ?? 0) * SECOND + us,
    day,
    precision,
  };
};

const parsePoint = (text: string): TimePoint | undefined =>
  text.startsWith("+") ? parseOffset(text) : parseClock(text);

/** `FROM..TO` with either left out, or one moment; undefined where it cannot be read. */
export const parseTimeSpan = (text: string): TimeSpan | undefined => {
  const dots = text.indexOf("..");
  if (dots < 0) {
    const point = parsePoint(text);
    return point === undefined ? undefined : { from: point, to: point };
  }
  const [before, after] = [text.slice(0, dots), text.slice(dots + 2)];
  const from = before === "" ? undefined : parsePoint(before);
  const to = after === "" ? undefined : parsePoint(after);
  if ((before !== "" && from === undefined) || (after !== "" && to === undefined)) return undefined;
  return from === undefined && to === undefined ? undefined : { from, to };
};

/** Midnight before `t`, in the reader's time zone. */
const midnight = (t: number): Date => {
  const day = new Date(t / 1000);
  day.setHours(0, 0, 0, 0);
  return day;
};

const atClock = (day: Date, us: number): number => {
  const date = new Date(day);
  // By fields, not by adding: a day can have 23 hours.
  date.setHours(Math.floor(us / (60 * MINUTE)), Math.floor(us / MINUTE) % 60, Math.floor(us / SECOND) % 60, 0);
  return date.getTime() * 1000 + (us % SECOND);
};

/** The first time that a clock shows this at or behind `after`, all to the precision given. */
const resolve = (point: TimePoint, start: number, after: number): number => {
  if (point.kind === "offset") return start + point.us;
  if (point.day !== undefined) return atClock(new Date(`${point.day}T00:00:00`), point.us);
  const today = midnight(after);
  const t = atClock(today, point.us);
  if (t + point.precision > after) return t;
  today.setDate(today.getDate() + 1);
  const tomorrow = atClock(today, point.us);
  // A little before the run is meant as its start, not as the next day.
  return tomorrow - after < after - t ? tomorrow : t;
};

/** What the span means in a run that began at `start`, in microseconds since the epoch. */
export const resolveTimeSpan = ({ from, to }: TimeSpan, start: number): TimeRange => {
  const begin = from === undefined ? -Infinity : resolve(from, start, start);
  const last = to === undefined ? Infinity : resolve(to, start, Math.max(start, begin)) + to.precision - 1;
  return { from: begin, to: last };
};

const two = (value: number): string => String(value).padStart(2, "0");

/** As exact as `precision` microseconds ask for. */
const clockText = (t: number, precision: number, withDay: boolean): string => {
  const date = new Date(Math.floor(t / 1000));
  const day = withDay ? `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T` : "";
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const digits = Math.min(6, Math.max(0, Math.ceil(6 - Math.log10(precision))));
  const micros = String(Math.floor(t % SECOND)).padStart(6, "0");
  return `${day}${clock}${digits === 0 ? "" : `.${micros.slice(0, digits)}`}`;
};

/**
 * The value that means `range` in a run that began at `start`, no finer than `precision` microseconds (a power of ten, at
 * most a second); never less than what was asked for.
 */
export const timeTermValue = (range: TimeRange, start: number, precision: number): string => {
  const unit = Math.min(SECOND, Math.max(1, precision));
  // By the day where the clock alone would be read as another one.
  const withDay = range.to - start >= DAY / 2 || range.from < start - DAY / 4;
  const from = Math.floor(range.from / unit) * unit;
  return `${clockText(from, unit, withDay)}..${clockText(range.to, unit, withDay)}`;
};
