import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTimeSpan, resolveTimeSpan, timeTermValue } from "./timeTerm.ts";

const micros = (text: string): number => new Date(text).getTime() * 1000;
/** What a typed value means in a run that began at `start`, as text. */
const meaning = (value: string, start: string): string => {
  const span = parseTimeSpan(value);
  assert.ok(span !== undefined, value);
  const { from, to } = resolveTimeSpan(span, micros(start));
  const show = (t: number): string => {
    if (!Number.isFinite(t)) return "open";
    const day = new Date(Math.floor(t / 1000));
    const two = (n: number): string => String(n).padStart(2, "0");
    return `${day.getDate()} ${two(day.getHours())}:${two(day.getMinutes())}:${two(day.getSeconds())}.${String(t % 1e6).padStart(6, "0")}`;
  };
  return `${show(from)} - ${show(to)}`;
};

describe("times in the filter", () => {
  const zone = process.env["TZ"];
  afterEach(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  const start = "2026-11-24T12:20:30.500";
  const cases: readonly (readonly [string, string])[] = [
    ["12:25:03..12:26:10", "24 12:25:03.000000 - 24 12:26:10.999999"],
    ["12:25", "24 12:25:00.000000 - 24 12:25:59.999999"],
    ["12:25:03.25", "24 12:25:03.250000 - 24 12:25:03.259999"],
    ["12:25..", "24 12:25:00.000000 - open"],
    ["..12:25:03", "open - 24 12:25:03.999999"],
    ["+30s..+2:00", "24 12:21:00.500000 - 24 12:22:31.499999"],
    ["+1.5..+1m", "24 12:20:32.000000 - 24 12:22:30.499999"],
    ["+250ms..", "24 12:20:30.750000 - open"],
    ["+1:00:00..", "24 13:20:30.500000 - open"],
    // The second in which the run began, and a little before it.
    ["12:20:30..12:21", "24 12:20:30.000000 - 24 12:21:59.999999"],
    ["12:00..12:21", "24 12:00:00.000000 - 24 12:21:59.999999"],
    ["2026-11-26T01:00..2026-11-26T02:00:00", "26 01:00:00.000000 - 26 02:00:00.999999"],
  ];
  for (const [value, means] of cases) it(`reads ${value}`, () => assert.equal(meaning(value, start), means));

  it("takes a clock time of a run over midnight for the next day's", () => {
    assert.equal(meaning("23:59:50..00:00:10", "2026-11-24T23:50:00"), "24 23:59:50.000000 - 25 00:00:10.999999");
    assert.equal(meaning("00:05..", "2026-11-24T23:50:00"), "25 00:05:00.000000 - open");
  });

  it("refuses what is no time", () => {
    for (const text of [
      "",
      "..",
      "x",
      "25:00",
      "12:60",
      "12:25:61",
      "12..13",
      "+",
      "+1y",
      "12:25..x",
      "2026-13-40T10:00",
    ]) {
      assert.equal(parseTimeSpan(text), undefined, text);
    }
  });

  for (const name of ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"]) {
    it(`writes what it reads back, in ${name}`, () => {
      process.env["TZ"] = name;
      fc.assert(
        fc.property(
          // Behind the change to winter time of 2026, and over it.
          fc.integer({ min: micros("2026-10-24T00:00:00Z"), max: micros("2026-10-27T00:00:00Z") }),
          fc.nat(40 * 3600 * 1e6),
          fc.nat(3 * 3600 * 1e6),
          fc.constantFrom(1, 1000, 1e6),
          (began, after, length, precision) => {
            const range = { from: began + after, to: began + after + length };
            // The hour that a clock shows twice can only be told by the day's first one.
            const isTwice = [range.from, range.to].some((t) => {
              const date = new Date(t / 1000);
              const same = new Date(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours());
              return (
                new Date(same.getTime() + 36e5).getHours() === same.getHours() ||
                date.getTime() - same.getTime() >= 36e5
              );
            });
            fc.pre(!isTwice);
            const span = parseTimeSpan(timeTermValue(range, began, precision));
            assert.ok(span !== undefined);
            const read = resolveTimeSpan(span, began);
            assert.ok(read.from <= range.from && range.from - read.from < precision, `${read.from} ${range.from}`);
            assert.ok(read.to >= range.to && read.to - range.to < precision, `${read.to} ${range.to}`);
          },
        ),
      );
    });
  }

  it("never fails, whatever is typed", () => {
    fc.assert(fc.property(fc.stringMatching(/^[-+0-9:.tT]{0,24}$/), (text) => void parseTimeSpan(text)));
  });
});
