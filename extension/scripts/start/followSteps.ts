// Follows the steps of the run that a collector on this machine watches. The log itself only root may read while it is written.
import { EventSourceParserStream } from "eventsource-parser/stream";

export interface StepChange {
  readonly name: string;
  readonly state: "begun" | "ended";
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface StepEvent {
  readonly t: number;
  readonly stepInfo: { readonly name: string };
}

/** Tells of each step's begin and end; resolves when the run or the connection has ended. */
export const followSteps = async (
  port: number,
  token: string,
  onStep: (change: StepChange) => void,
  signal: AbortSignal,
): Promise<void> => {
  const base = `http://127.0.0.1:${port}/v1/runs`;
  const headers = { authorization: `Bearer ${token}` };
  const listed = await fetch(base, { headers, signal });
  const { runs } = (await listed.json()) as { readonly runs: readonly { readonly id: string }[] };
  const id = runs.at(-1)?.id;
  if (id === undefined) return;
  const answer = await fetch(`${base}/${encodeURIComponent(id)}/events`, { headers, signal });
  const events = answer.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of events ?? []) {
    if (event !== "step.start" && event !== "step.end") continue;
    const { t, stepInfo } = JSON.parse(data) as StepEvent;
    onStep({ name: stepInfo.name, state: event === "step.start" ? "begun" : "ended", at: Math.round(t / 1000) });
  }
};
