// Whether the egress policy is enforced, as the process says that looks after it in the kernel; and what it means when that
// says nothing any more.
import type { EventLog } from "../events/eventLog.ts";
import { enforcementFields } from "../events/lines.ts";
import { nowUs } from "../events/bootClock.ts";
import { readProcess } from "../events/procfs.ts";
import type { DeniedFrame } from "../sensor/frame.ts";

/** It says so every five seconds; when it was not heard of for so long, the kernel has locked the network by itself. */
const SILENCE_MS = 20_000;

export interface EnforcementNews {
  readonly time: number;
  readonly armed: boolean;
  readonly reason: string;
}

export class EnforcementWatch {
  /** Resolves with the reason when the policy is no longer enforced as it should be. */
  readonly disarmed: Promise<string>;
  lost = false;
  readonly #log: EventLog;
  readonly #clock: () => number;
  #disarm: ((reason: string) => void) | undefined;
  #heard: number;
  #silent = false;

  /** `clock` gives milliseconds and never goes back. */
  constructor(log: EventLog, clock = (): number => performance.now()) {
    this.#log = log;
    this.#clock = clock;
    this.#heard = clock();
    this.disarmed = new Promise((resolve) => (this.#disarm = resolve));
  }

  take({ time, armed, reason }: EnforcementNews): void {
    this.#heard = this.#clock();
    this.#silent = false;
    this.#log.write("enforcement", time, enforcementFields(armed, reason));
    if (!armed) this.#lose(reason);
  }

  /** A process of the run that was moved out of what is contained, by whomever (systemd does it for who asks), is ended with it. */
  denied({ reason, pid, start, time }: DeniedFrame): void {
    if (reason !== "left") return;
    try {
      if (readProcess(pid, start) !== undefined) process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
    const why = `process ${pid} was moved out of the control group that the policy holds for`;
    this.take({ time, armed: false, reason: why });
  }

  /** The sensor has ended unasked. */
  end(problem: string): void {
    const reason = `${problem}: nothing is allowed any more, and nothing is told`;
    this.#log.write("enforcement", nowUs(), enforcementFields(false, reason));
    this.#lose(reason);
  }

  tick(): void {
    if (this.#silent || this.lost || this.#clock() - this.#heard < SILENCE_MS) return;
    this.#silent = true;
    const reason = "nobody has looked after the enforcement for 20 s: until somebody does, nothing is allowed";
    this.#log.write("enforcement", nowUs(), enforcementFields(false, reason));
  }

  #lose(reason: string): void {
    this.lost = true;
    this.#disarm?.(reason);
  }
}
