import assert from "node:assert/strict";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatElapsed,
  formatExact,
  formatOffset,
  plural,
} from "./format.ts";
import { signalName } from "./signals.ts";

const check = <T>(name: string, format: (value: T) => string, cases: readonly (readonly [T, string])[]): void => {
  describe(name, () => {
    for (const [value, expected] of cases)
      it(`writes ${String(value)} as ${expected}`, () => assert.equal(format(value), expected));
  });
};

check("formatBytes", formatBytes, [
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [31_000, "31 kB"],
  [999_400, "999 kB"],
  [999_600, "1.0 MB"],
  [4_400_000, "4.4 MB"],
  [2e15, "2.0 PB"],
]);
check("formatDuration", formatDuration, [
  [0, "0 µs"],
  [812, "812 µs"],
  [1500, "1.5 ms"],
  [999_499, "999 ms"],
  [6_900_000, "6.9 s"],
  [59_960_000, "1 min 00 s"],
  [125_000_000, "2 min 05 s"],
  [3_720_000_000, "1 h 02 min"],
]);
check("formatElapsed", formatElapsed, [
  [-5, "00:00:00"],
  [461_000_000, "00:07:41"],
  [360_000_000_000, "100:00:00"],
]);
check("formatOffset", formatOffset, [
  [0, "+0.000 s"],
  [7_100_000, "+7.100 s"],
  [12_345_000, "+12.35 s"],
  [65_000_000, "+1:05 min"],
  [3_720_000_000, "+1:02 h"],
  [-1_000_000, "-1.000 s"],
]);
check("formatCount", formatCount, [
  [0, "0"],
  [1204, "1,204"],
  [1_048_576, "1,048,576"],
]);
check("formatExact", formatExact, [
  [1_790_000_000_123_456, "2026-09-21 14:13:20.123456 UTC"],
  [Number.MAX_SAFE_INTEGER, "2255-06-05 23:47:34.740991 UTC"],
]);
check("signalName", signalName, [
  [9, "SIGKILL"],
  [31, "SIGSYS"],
  [40, "signal 40"],
]);
check("plural", (count: number) => plural(count, "process", "processes"), [
  [1, "1 process"],
  [1200, "1,200 processes"],
]);
