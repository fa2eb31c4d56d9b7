// The run's clock. The kernel counts on CLOCK_BOOTTIME, which Node cannot read, and the sensor adds what the wall clock was
// ahead of it as the run began. What we time ourselves is on the same scale: a wall clock that is set anew while the run
// goes on moves neither.
import { readFileSync } from "node:fs";

/**
 * The boot clock in µs. Node's `hrtime` is CLOCK_MONOTONIC, which is the boot clock but for the time that the machine was
 * suspended; /proc/uptime is the boot clock, but only to 10 ms, and says how long that was.
 */
const bootUs = (): number => {
  const monotonic = Number(process.hrtime.bigint() / 1000n);
  const boot = Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]) * 1_000_000;
  const suspended = boot - monotonic;
  return monotonic + (suspended > 100_000 ? suspended : 0);
};

/** Microseconds since the epoch, by the wall clock as it was when this program began. */
export const nowUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** Wall clock minus boot clock, in µs. */
export const bootOffsetUs = (): number => nowUs() - bootUs();

/** Now, in µs since the epoch, where the wall clock is `offset` (µs) ahead of the boot clock. */
export const nowAt = (offset: number): number => Math.round(bootUs() + offset);
