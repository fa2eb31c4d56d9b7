// What a recorded run tells a policy.
import { foldHostName } from "../../../collector/policy/hostNames.ts";
import { NeedTally, type Need } from "../../../collector/policy/needs.ts";
import type { DnsQuery } from "../../../collector/protocol/events.ts";
import { readEvent } from "./readEvent.ts";

/** What a policy cut a run off from. */
export interface BlockedCall {
  /** `host:port`; the host alone where already its name was refused, so that nobody knows the port. */
  readonly text: string;
  /** The entry that would have allowed it: at port 443 where the port is not known. */
  readonly entry: string;
  readonly connections: number;
  readonly last: number;
  readonly programs: readonly string[];
  readonly steps: readonly string[];
}

export interface ObservedRun {
  /** The job's id, and the workflow's name or path, as the runner named them. */
  readonly job: string | undefined;
  readonly workflow: string | undefined;
  /** When it began, in microseconds since the epoch. */
  readonly began: number;
  /** TCP connections to named hosts at public addresses. */
  readonly needs: readonly Need[];
  readonly blocked: readonly BlockedCall[];
  /** What tells a run from every other one: the first seal of its log. */
  readonly seal: string | undefined;
  readonly problem: RunProblem | undefined;
}

/** Why a log tells a policy nothing, or less than all. */
export interface RunProblem {
  /** `unreadable`: it is no log that can be read here. `partial`: it is, but something is missing. */
  readonly kind: "empty" | "partial" | "unreadable";
  readonly text: string;
}

export const endpointText = ({ host, port }: Need): string => `${host ?? ""}:${port}`;

/** What these types of events say is all that counts; most of a log is other ones. */
const WANTED = /"type"\s*:\s*"(?:run\.start|net\.|process\.exec|step\.|dns\.query|seal")/;
const NAME = /"type"\s*:\s*"dns\.query"/;
/** Of names, those that were refused are all that counts. Looked for by itself: behind each type, it would take as long as it likes. */
const isOtherName = (text: string): boolean => !text.includes('"blocked"') && NAME.test(text);

/** More names are no policy's. */
const MOST_NAMES = 1_000;
const MOST_WHO = 8;

interface RefusedName {
  count: number;
  last: number;
  readonly programs: Set<string>;
  readonly steps: Set<string>;
}

/** Nothing is behind a word alone, nor behind what asks for the name of an address. */
const isNameOfHost = (name: string): boolean => name.includes(".") && !name.endsWith(".arpa");

/** Takes the lines of one log in their order. A line that cannot be read is passed over. */
export class RunReader {
  readonly #tally = new NeedTally();
  readonly #refused = new Map<string, RefusedName>();
  #job: string | undefined;
  #workflow: string | undefined;
  #began: number | undefined;
  #seal: string | undefined;
  #lines = 0;
  #hasEvent = false;
  #isNewer = false;

  constructor() {
    this.#tally.beginRun();
  }

  line(text: string): void {
    if (text.trim() === "") return;
    this.#lines += 1;
    if (this.#hasEvent && (!WANTED.test(text) || isOtherName(text))) return;
    const read = readEvent(text, this.#lines);
    if (read === undefined) return;
    if (read.isNewer === true) {
      this.#isNewer = true;
      return;
    }
    this.#hasEvent = true;
    // A collector that was there before the job says it in the job's first step.
    this.#job ??= read.job;
    this.#workflow ??= read.workflow;
    this.#began ??= read.t;
    this.#seal ??= read.seal;
    const { event } = read;
    if (event?.type === "dns.query") this.#refuse(event);
    else if (event !== undefined) this.#tally.take(event);
  }

  finish(): ObservedRun {
    const needs = this.#tally.finish().filter(({ host, protocol }) => host !== undefined && protocol === "tcp");
    return {
      job: this.#job,
      workflow: this.#workflow,
      began: this.#began ?? 0,
      needs,
      blocked: [...this.#blockedNames(needs), ...blockedAmong(needs)],
      seal: this.#seal,
      problem: this.#problem(),
    };
  }

  #problem(): RunProblem | undefined {
    if (this.#isNewer) return { kind: "unreadable", text: "it was written by a newer Runglass: update this one" };
    if (this.#lines === 0) return { kind: "empty", text: "it is empty" };
    if (!this.#hasEvent) return { kind: "unreadable", text: "no line of it is an event: is it the log of a run?" };
    if (this.#job !== undefined && this.#workflow !== undefined) return undefined;
    const what = this.#job === undefined ? "which job" : "which workflow";
    return { kind: "partial", text: `it does not say ${what} it is of, so that no policy is compared with it` };
  }

  #refuse(event: DnsQuery): void {
    const name = foldHostName(event.dns.name);
    if (name === undefined || !isNameOfHost(name)) return;
    let refused = this.#refused.get(name);
    if (refused === undefined) {
      if (this.#refused.size >= MOST_NAMES) return;
      this.#refused.set(name, (refused = { count: 0, last: 0, programs: new Set(), steps: new Set() }));
    }
    refused.count += 1;
    refused.last = Math.max(refused.last, event.t);
    const { program, step } = this.#tally.whose(event);
    if (program !== undefined && refused.programs.size < MOST_WHO) refused.programs.add(program);
    if (step !== undefined && refused.steps.size < MOST_WHO) refused.steps.add(step);
  }

  /** Those that nothing of this run has reached by some other way. */
  #blockedNames(needs: readonly Need[]): BlockedCall[] {
    const reached = new Set(needs.map(({ host }) => host));
    return [...this.#refused].flatMap(([name, { count, last, programs, steps }]) =>
      reached.has(name)
        ? []
        : [{ text: name, entry: `${name}:443`, connections: count, last, programs: [...programs], steps: [...steps] }],
    );
  }
}

const blockedAmong = (needs: readonly Need[]): BlockedCall[] =>
  needs.flatMap((need) => {
    if (need.blocked === 0) return [];
    const { blocked, last, programs, steps } = need;
    const text = endpointText(need);
    return [{ text, entry: text, connections: blocked, last, programs: [...programs], steps: [...steps] }];
  });
