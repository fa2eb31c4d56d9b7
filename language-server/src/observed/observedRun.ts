// What a recorded run tells a policy.
import { decodeLine, isKnownEvent } from "../../../collector/protocol/decode.ts";
import { NeedTally, type Need } from "../../../collector/policy/needs.ts";

export interface ObservedRun {
  /** The job's id, and the workflow's name or path, as the runner named them. */
  readonly job: string | undefined;
  readonly workflow: string | undefined;
  /** When it began, in microseconds since the epoch. */
  readonly began: number;
  /** TCP connections to named hosts at public addresses. */
  readonly needs: readonly Need[];
  /** `host:port` of those that a policy cut off. */
  readonly blocked: ReadonlySet<string>;
}

export const endpointText = ({ host, port }: Need): string => `${host ?? ""}:${port}`;

/** What these types of events say is all that counts; most of a log is other ones. */
const WANTED = /"type"\s*:\s*"(?:run\.start|net\.|process\.exec|step\.|http\.request)/;

/** Takes the lines of one log in their order. A line that cannot be read is passed over. */
export class RunReader {
  readonly #tally = new NeedTally();
  readonly #blocked = new Set<string>();
  #job: string | undefined;
  #workflow: string | undefined;
  #began: number | undefined;

  constructor() {
    this.#tally.beginRun();
  }

  line(text: string): void {
    if (!WANTED.test(text)) return;
    const decoded = decodeLine(text);
    if (!decoded.ok || !isKnownEvent(decoded.event)) return;
    const { event } = decoded;
    this.#began ??= event.t;
    if (event.type === "run.start") {
      this.#job ??= event.run.job;
      this.#workflow ??= event.run.workflow;
    } else if (event.type === "step.start" && event.run !== undefined) {
      // A collector that was there before the job.
      this.#job ??= event.run.job;
      this.#workflow ??= event.run.workflow;
    } else if (event.type === "net.connect" && event.verdict === "blocked" && event.host !== undefined) {
      this.#blocked.add(`${event.host.name.toLowerCase().replace(/\.$/, "")}:${event.flow.remote.port}`);
    }
    this.#tally.take(event);
  }

  finish(): ObservedRun {
    const needs = this.#tally.finish().filter(({ host, protocol }) => host !== undefined && protocol === "tcp");
    return { job: this.#job, workflow: this.#workflow, began: this.#began ?? 0, needs, blocked: this.#blocked };
  }
}
