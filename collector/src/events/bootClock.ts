// The kernel counts the start of a process on CLOCK_BOOTTIME, which Node cannot read.
import { readFileSync } from "node:fs";

/**
 * Wall clock minus boot clock, in µs. Node's `hrtime` is CLOCK_MONOTONIC, which is the boot clock but for the time that
 * the machine was suspended; /proc/uptime is the boot clock, but only to 10 ms, and says how long that was.
 */
export const bootOffsetUs = (): number => {
  const wall = (performance.timeOrigin + performance.now()) * 1000;
  const monotonic = Number(process.hrtime.bigint() / 1000n);
  const boot = Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]) * 1_000_000;
  const suspended = boot - monotonic;
  return wall - monotonic - (suspended > 100_000 ? suspended : 0);
};
