// The agent's hooks of a run: their messages go into the pipeline; refused ones are counted and told of.
import type { EventLog } from "../events/eventLog.ts";
import type { Pipeline } from "../events/pipeline.ts";
import { startHookServer, type HookServerOptions } from "../hook/hookServer.ts";
import { say } from "./say.ts";

const HOOK = "tool-calls";

export interface RunHooks {
  close(): Promise<void>;
}

export interface RunHooksOptions extends Pick<HookServerOptions, "path" | "owner"> {
  readonly pipeline: Pipeline;
  readonly events: EventLog;
}

/** Listens for hooks until `close`. Throws a `UserError` where that cannot be. */
export const startRunHooks = async ({ path, owner, pipeline, events }: RunHooksOptions): Promise<RunHooks> => {
  let refused = 0;
  let closed = false;
  const tell = (reason: string): void =>
    events.writeObject("coverage", pipeline.now(), { hook: HOOK, state: "on", reason });
  const server = await startHookServer({
    path,
    owner,
    onMessage: (message, sender) => {
      if (closed) return "the run is over";
      const verdict = pipeline.hook(message, sender, pipeline.now());
      // The start of a call is in the log before the hook returns, and so before anything that the call causes.
      events.flush();
      return verdict;
    },
    onRefused: (why) => {
      if (closed) return;
      refused++;
      if (refused > 1) return;
      say(`a hook's message was refused: ${why}`);
      tell(`a message to the hooks' socket was refused: ${why}`);
    },
  });
  events.writeObject("coverage", pipeline.now(), { hook: HOOK, state: "on" });
  return {
    async close() {
      if (closed) return;
      closed = true;
      await server.close();
      if (refused > 1) tell(`${refused} messages to the hooks' socket were refused`);
    },
  };
};
