// Says that what a watched process asks a daemon to do is not watched, where only what it forks is.
import type { EventLog } from "../events/eventLog.ts";
import type { Request } from "./requests.ts";

const REASONS = {
  containers:
    "a program that is watched has asked a daemon for a container or a build: the daemon starts these, so they are not " +
    "watched here; collect of the whole machine watches them",
  services:
    "a program that is watched has asked systemd for a service: systemd starts it, so it is not watched here; collect " +
    "of the whole machine watches it",
} as const;

export class UnwatchedWork {
  readonly #log: EventLog;
  readonly #said = new Set<keyof typeof REASONS>();

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** A client has begun at `t`. */
  asked(request: Request, t: number): void {
    const hook = request.kind === "unit" ? "services" : "containers";
    if (this.#said.has(hook)) return;
    this.#said.add(hook);
    this.#log.writeObject("coverage", t, { hook, state: "off", reason: REASONS[hook] });
  }
}
