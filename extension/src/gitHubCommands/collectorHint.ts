// Where the collector of a session may be reached from here, made of what its log says. Pure; the log is the runner's text.
import type { AddressHint } from "../commands/askToConnect.ts";
import type { RunSummary } from "../sessions/runSummary.ts";
import { plainText } from "../views/plainText.ts";

const EXAMPLE = "ssh -L or kubectl port-forward";

/** A runner is seldom this machine: its port is reached by one that is forwarded, as plain http is for this machine only. */
export const collectorHint = (summary: Pick<RunSummary, "host" | "listen"> | undefined): AddressHint => {
  const port = /:(\d{1,5})$/.exec(summary?.listen ?? "")?.[1];
  if (port === undefined) {
    return {
      value: "",
      prompt: `Address of the collector: the Action's output “url” with its input “listen”; forward the runner's port to this machine first (${EXAMPLE})`,
    };
  }
  const where = `${plainText(summary?.listen ?? "", 80)} on ${plainText(summary?.host ?? "its runner", 80)}`;
  return {
    value: `http://127.0.0.1:${port}`,
    prompt: `The collector listens at ${where}: forward that port to this machine (${EXAMPLE}), or give an https address that leads there`,
  };
};
